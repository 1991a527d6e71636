import { parseRoleArn } from '@aws-oidc-assume/trust-policy/arn';
import { accountOfArn } from '../aws/arn.ts';
import type { Advice, Failure, FailureCode } from '../core/failure.ts';
import { indented } from '../core/text.ts';
import { isSet } from '../options/raw-option.ts';
import { shellWord } from '../publish/posix-shell.ts';
import type { DiagnosisRun } from './run.ts';

type Remedy = (failure: Failure, run: DiagnosisRun) => Advice;

/** Advice that names the values of this run and the options of its CI system. Other failures are clear without it. */
const REMEDIES: Partial<Record<FailureCode, Remedy>> = {
  TokenExpired: ({ details }, { token }) => ({
    ...(details.answer === undefined
      ? {}
      : { cause: `By AWS's clock the token has expired${expiryOf(token?.expiresAt)}.` }),
    changes: ['Assume the role earlier in the step. If the token is new, fix the clock of this machine.'],
  }),
  IdentityTokenRejected: ({ details: { answer } }) => ({
    ...(answer?.message ? { cause: `AWS STS rejected the identity token: ${answer.message}` } : {}),
  }),
  SessionTooLong: ({ details: { attempted } }, { options, raw }) => {
    const role = parseRoleArn(attempted?.requested?.roleArn ?? '');
    const seconds = options.durationSeconds;
    return {
      cause: `The requested session (${seconds} s) is longer than role "${role?.name}" allows.`,
      changes: [
        `Lower ${raw.durationSeconds.name} (3600 always works), or raise the maximum session duration of the role:`,
        indented(
          `aws iam update-role --role-name ${shellWord(role?.name ?? '')} --max-session-duration ${Math.max(3600, seconds)}`,
        ),
      ],
    };
  },
  SessionPolicyRejected: ({ details: { answer } }, { options, raw }) => {
    const isTooLarge = /Packed/.test(`${answer?.code} ${answer?.message}`);
    const policies = `${raw.sessionPolicy.name} and ${raw.sessionPolicyArns.name}`;
    return {
      cause: isTooLarge
        ? 'The session policies and session tags together are larger than AWS STS accepts.'
        : 'AWS STS rejected the session policy.',
      changes: isTooLarge
        ? [
            options.chain.length === 0
              ? `Shorten ${policies}.`
              : `Shorten ${policies}, or use fewer or shorter tags in ${raw.chainSessionTags.name}.`,
          ]
        : [`Correct ${policies}. AWS names the fault below; together they may have 2048 characters.`],
    };
  },
  RegionDisabled: ({ details: { attempted } }, { options, raw }) => {
    const account = accountOfArn(attempted?.requested?.roleArn ?? '');
    const region = attempted?.region ?? options.region;
    return {
      cause: `AWS STS is not active in region ${region} for account ${account}.`,
      changes: [
        `Set ${raw.region.name} to a region that account ${account} uses, or enable this one:`,
        indented(`aws account enable-region --region-name ${shellWord(region)}`),
      ],
      notes: ['For a region that every account has, activate STS in IAM: Account settings, Security Token Service.'],
    };
  },
  RequestRejected: ({ details: { answer } }, { raw }) => {
    const [, member] = /at '(\w+)' failed/.exec(answer?.message ?? '') ?? [];
    const option = OPTION_OF_MEMBER[member ?? ''];
    return {
      cause: `AWS STS rejected the request${answer?.message ? `: ${answer.message}` : '.'}`,
      ...(option === undefined
        ? {}
        : { changes: [`Correct ${raw[option].name}. AWS names the rule that its value breaks.`] }),
    };
  },
  Throttled: (_, { options, raw }) => ({
    changes: [
      `Run the step again. If many jobs start at once, raise ${raw.timeoutSeconds.name} (now ${options.timeoutSeconds}, at most 3600).`,
    ],
  }),
  KeysUnreachable: (_, { token }) => ({
    cause: `AWS could not fetch the signing keys of the token issuer, ${token?.issuer}.`,
    changes: [
      `Run the step again. If it fails again, check that the internet can reach ${token?.issuer}/.well-known/openid-configuration, and look at the status page of the CI system.`,
    ],
  }),
  UnexpectedAnswer: ({ details: { attempted } }, { raw }) => {
    if (attempted?.requested === undefined) return {};
    const { endpoint } = attempted;
    return {
      cause: `The answer from ${endpoint} did not come from AWS STS. Often a proxy or a sign-in page answers instead.`,
      changes: [
        isSet(raw.stsEndpoint)
          ? `Check that ${raw.stsEndpoint.name} (${endpoint}) is the address of AWS STS. Otherwise look for a proxy or TLS inspection on the way to it.`
          : `Look for a proxy, a sign-in page or TLS inspection on the way to ${endpoint}.`,
      ],
    };
  },
  CertificateNotTrusted: ({ details: { answer, attempted } }) =>
    attempted === undefined
      ? {}
      : {
          cause: `The certificate of ${new URL(attempted.endpoint).hostname} is not trusted here${answer?.code === undefined ? '' : ` (${answer.code})`}. Nothing was sent.`,
        },
  ServiceFault: ({ details: { attempted } }, { options, raw }) => ({
    ...(attempted?.requested === undefined || options.endpoints.length > 1
      ? {}
      : {
          changes: [
            `Run the step again. If it fails again, set ${raw.stsFallbackRegions.name} to another region of AWS, or look at the AWS status page.`,
          ],
        }),
  }),
  TimedOut: ({ details: { answer } }, { options, raw }) => ({
    changes: [
      answer === undefined
        ? `Check that this machine reaches the service: network, firewall, and HTTPS_PROXY if it needs a proxy. Raise ${raw.timeoutSeconds.name} (now ${options.timeoutSeconds}) only if the service is slow.`
        : `Run the step again, or raise ${raw.timeoutSeconds.name} (now ${options.timeoutSeconds}, at most 3600).`,
    ],
  }),
  // The credentials of the last role of a chain are published.
  AccountNotAllowed: (_, { options, raw }) => ({
    changes: [
      `Correct ${(options.chain.length === 0 ? raw.roleArn : raw.chainRoleArns).name}, or add the account to ${raw.allowedAccountIds.name}.`,
    ],
  }),
  ProxyRefused: ({ details: { answer, attempted } }) => {
    const message = answer?.message ?? '';
    if (message === '') return {};
    const change = proxyChange(message, attempted?.endpoint);
    return {
      cause: `${message[0]?.toUpperCase()}${message.slice(1)}.`,
      ...(change === undefined ? {} : { changes: [change] }),
    };
  },
};

/** Options that set a member of the request (STS API reference, AssumeRoleWithWebIdentity). */
const OPTION_OF_MEMBER: Readonly<Record<string, 'sessionName' | 'durationSeconds' | 'roleArn' | 'sessionPolicy'>> = {
  roleSessionName: 'sessionName',
  durationSeconds: 'durationSeconds',
  roleArn: 'roleArn',
  policy: 'sessionPolicy',
};

/** Returns the change for a refusal of the proxy, in the words of `tunnel.ts`. Undefined for any other text. */
function proxyChange(message: string, endpoint: string | undefined): string | undefined {
  const [, proxy, reason = '', status] = /^the proxy (\S+) (.*) \(HTTP (\d+)\)$/.exec(message) ?? [];
  if (proxy === undefined) return undefined;
  if (status !== '407') {
    const host = endpoint === undefined ? 'this host' : new URL(endpoint).hostname;
    return `Ask whoever runs the proxy to allow ${host}.`;
  }
  if (reason.includes('only Basic')) return 'Use a proxy that accepts Basic authentication, or none, for AWS STS.';
  const address = `HTTPS_PROXY to http://user:password@${proxy}, as a secured variable`;
  return `Set ${address}. Percent-encode special characters in user and password.`;
}

export function remedyOf(failure: Failure, run: DiagnosisRun): Advice {
  return REMEDIES[failure.code]?.(failure, run) ?? {};
}

function expiryOf(date: Date | undefined): string {
  return date === undefined ? '' : ` (it was valid until ${date.toISOString()})`;
}
