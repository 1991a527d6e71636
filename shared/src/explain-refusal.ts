import type { Edges } from './edges.ts';
import type { Answer, Asked, Attempted, Failure } from './failure.ts';
import type { IdentityToken } from './identity-token.ts';
import type { Options } from './options.ts';
import { tokenLines } from './report.ts';
import { accountOfArn, type RoleArn } from './role-arn.ts';
import { diagnosis } from './trust-policy-file.ts';

/**
 * The failure with all that the token in hand adds: its facts, and for a refusal by AWS exactly what to change. The
 * knowledge of trust policies is loaded only now: a run that succeeds does not need it. Where no explanation can be made,
 * the refusal stands as it was.
 */
export async function explained(
  failure: Failure,
  token: IdentityToken,
  options: Options,
  edges: Edges,
): Promise<Failure> {
  const withToken = failure.with({ token: tokenLines(token, edges.now()) });
  const { attempted, answer } = failure.details;
  const { action, asked } = attempted ?? {};
  if (attempted === undefined || asked === undefined) return withToken;
  if (failure.code === 'Unreachable') return withToken.with({ changes: unknownHostChanges(attempted, answer) });
  const named = policyNamedIn(failure);
  if (named !== undefined && !TRUST_POLICY.test(named.kind))
    return withToken.with({ changes: otherPolicyChanges(named, asked.roleArn, options) });
  const changes =
    action === 'AssumeRole'
      ? chainChanges(failure, asked.roleArn, options)
      : await changesFor(failure, token, asked, options, edges);
  return withToken.with({ changes: named?.denies ? [DENIED_BY_TRUST_POLICY, ...changes] : changes });
}

async function changesFor(
  failure: Failure,
  token: IdentityToken,
  asked: Asked,
  options: Options,
  edges: Edges,
): Promise<string[]> {
  const { issuer } = token;
  const { roleArn } = asked;
  if (issuer === undefined) return [];
  const { narrowerJob, providerArnFor, statementFor } = await import('./trust-knowledge.ts');
  const provider = providerArnFor(issuer, roleArn);
  const audience = token.authorizedParty ?? token.audiences[0] ?? '';
  switch (failure.code) {
    case 'ProviderNotRegistered':
      return [
        `AWS looked for the identity provider ${provider} and did not find it.`,
        `Create it in account ${accountOfArn(roleArn)}, the account of the role:`,
        `  URL:      ${issuer}`,
        `  audience: ${audience}`,
      ];
    case 'AudienceNotAccepted':
      return [
        `The identity provider ${provider} does not list the audience of this token.`,
        'Add it to the audiences (client IDs) of the provider:',
        `  ${audience}`,
      ];
    case 'AccessDenied': {
      const statement = statementFor(token.claims, { roleArn });
      // A policy at hand tells which it is.
      const narrower =
        options.trustPolicyFile === undefined ? narrowerJob({ issuer, sub: token.subject ?? '' }) : undefined;
      return [
        ...(await diagnosis(token, asked, options, edges)),
        `AWS found the identity provider ${provider}; the trust policy of the role did not admit the token, or there is no such role.`,
        ...(narrower === undefined ? [] : [narrower]),
        ...(statement === undefined
          ? []
          : [
              'This statement in the trust policy of the role admits this token:',
              indented(JSON.stringify(statement, null, 2)),
            ]),
        'A change in IAM takes some seconds to work.',
      ];
    }
    default:
      return [];
  }
}

/** All of an endpoint's name but the region is ours: where nobody knows the name, the region may be misspelt. */
function unknownHostChanges({ endpoint, region }: Attempted, answer: Answer | undefined): string[] {
  const { hostname } = new URL(endpoint);
  if (answer?.code !== 'ENOTFOUND' || !hostname.startsWith(`sts.${region}.`)) return [];
  // With a proxy it is the proxy's name that is looked up.
  if (!answer.message?.endsWith(` ${hostname}`)) return [];
  return [
    `No host has the name ${hostname}. Check that ${region} is the region you mean; if it is, check how this machine looks up names (DNS).`,
  ];
}

/** A policy that AWS itself names as what refused. */
interface NamedPolicy {
  /** `service control policy` */
  readonly kind: string;
  /** By a Deny; else it lacks an Allow. */
  readonly denies: boolean;
}

/** What AWS calls the trust policy of a role where it names it. */
const TRUST_POLICY = /^(?:role trust|resource-based) policy$/;

const DENIED_BY_TRUST_POLICY =
  'AWS names the reason itself: a statement that denies, in the trust policy of the role. It wins over all that allow.';

/**
 * `with an explicit deny in a service control policy`, `because no identity-based policy allows …` (IAM user guide,
 * access denied error message examples).
 */
function policyNamedIn({ code, details }: Failure): NamedPolicy | undefined {
  if (code !== 'AccessDenied') return undefined;
  const message = details.answer?.message ?? '';
  const [, denying, missing] =
    /with an explicit deny in (?:an?|the) ([a-z -]+? policy|permissions boundary)|because no ([a-z -]+? policy|permissions boundary) allows/i.exec(
      message,
    ) ?? [];
  const kind = (denying ?? missing)?.toLowerCase();
  return kind === undefined ? undefined : { kind, denies: denying !== undefined };
}

function otherPolicyChanges({ kind, denies }: NamedPolicy, roleArn: string, options: Options): string[] {
  const before = rolesBefore(roleArn, options).map(({ arn }) => arn);
  const actions = chainActions(options).join(' and ');
  const permissions = denies
    ? `Take the Deny that covers ${actions} on ${roleArn} out of the permissions of ${before.join(', ')}, or narrow it: an Allow does not win over it.`
    : `Allow ${actions} on ${roleArn} in the permissions of ${before.join(', ')}.`;
  return [
    `AWS names the reason itself: the ${kind}. The trust policy of the role need not change for it.`,
    kind === 'identity-based policy'
      ? permissions
      : `Ask who is responsible for the ${kind}: it must let ${roleArn} be assumed.`,
  ];
}

/** What it takes to assume the next role: session tags are an action of their own. */
function chainActions({ chainTags }: Options): [string, ...string[]] {
  const tagged = chainTags.run || Object.keys(chainTags.own).length > 0;
  return tagged ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole'];
}

/** Who assumes it: the role before it in the chain, or all the roles that the chain begins with. */
function rolesBefore(roleArn: string, options: Options): readonly RoleArn[] {
  const link = options.chain[options.chain.findIndex((role) => role.arn === roleArn) - 1];
  return link === undefined ? options.roles.map(({ role }) => role) : [link];
}

/** The next role of a chain must trust the role before it; other refusals explain themselves. */
function chainChanges(failure: Failure, roleArn: string, options: Options): string[] {
  if (failure.code !== 'AccessDenied') return [];
  const before = rolesBefore(roleArn, options);
  const arns = before.map(({ arn }) => arn);
  const [action, ...more] = chainActions(options);
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: arns.length === 1 ? arns[0] : arns },
    Action: more.length === 0 ? action : [action, ...more],
    ...(options.chainExternalId === undefined
      ? {}
      : { Condition: { StringEquals: { 'sts:ExternalId': options.chainExternalId } } }),
  };
  return [
    `${roleArn} must trust ${arns.join(', ')}. This statement in its trust policy does:`,
    indented(JSON.stringify(statement, null, 2)),
    `In another account, ${before.map(({ roleName }) => roleName).join(', ')} must also be allowed to call ${[action, ...more].join(' and ')} on it.`,
  ];
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
