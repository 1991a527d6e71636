import { accountOfArn } from '../aws/arn.ts';
import type { Advice, Failure } from '../core/failure.ts';
import { indented } from '../core/text.ts';
import { shellWord } from '../publish/posix-shell.ts';

/** Identity provider that AWS looks for. */
export interface ExpectedProvider {
  /** Its ARN. */
  readonly provider: string;
  readonly roleArn: string;
  /** Name of the role's option. */
  readonly roleOption: string;
  readonly issuer: string;
  /** Audience that the provider must list. */
  readonly audience: string;
  /** Time until the token counts as issued by the clock of this machine, e.g. `20 min`. Undefined if it counts already. */
  readonly ahead?: string | undefined;
}

/** Returns the advice for a token that AWS refused before reading the trust policy. Undefined for any other failure. */
export function providerAdvice({ code, details }: Failure, expected: ExpectedProvider): Advice | undefined {
  switch (code) {
    case 'ProviderNotRegistered':
      return missingProvider(expected);
    case 'AudienceNotAccepted':
      return missingAudience(expected);
    case 'IdentityTokenNotValidated':
      return notValidated(expected);
    case 'ThumbprintMismatch':
      return wrongThumbprint(expected);
    case 'IdentityTokenRejected':
      return rejectedToken(details.answer?.message ?? '', expected);
    default:
      return undefined;
  }
}

function missingProvider(expected: ExpectedProvider): Advice {
  const account = accountOfArn(expected.roleArn);
  return {
    cause: `Account ${account} has no identity provider for the issuer of this token, ${expected.issuer}.`,
    changes: [
      `If ${account} is not the account you meant, correct ${expected.roleOption}. Otherwise create the provider, as an administrator of account ${account}:`,
      indented(createCommand(expected)),
    ],
    notes: [`AWS looked for ${expected.provider}.`],
  };
}

function missingAudience(expected: ExpectedProvider): Advice {
  return {
    cause: `The identity provider in account ${accountOfArn(expected.roleArn)} does not list the audience of this token, ${expected.audience || '(none)'}.`,
    changes: [
      `Add the audience to the provider, as an administrator of account ${accountOfArn(expected.roleArn)}:`,
      indented(addAudienceCommand(expected)),
    ],
    notes: [`The identity provider is ${expected.provider}.`],
  };
}

/** Note that a check of the signature makes needless. */
export const SIGNATURE_NOTE =
  'If the provider and its audience are right, the signature of the token is wrong: use the token exactly as the CI system issued it.';

/** Causes that share one answer of AWS, the most frequent first. */
function notValidated(expected: ExpectedProvider): Advice {
  const account = accountOfArn(expected.roleArn);
  return {
    cause: `AWS could not validate the token: account ${account} has no identity provider for its issuer, or the provider does not list its audience.`,
    changes: [
      `If ${account} is not the account you meant, correct ${expected.roleOption}. Otherwise create the provider or add the audience, as an administrator of account ${account}:`,
      'If no provider has exactly this URL:',
      indented(createCommand(expected)),
      'If a provider has exactly this URL:',
      indented(addAudienceCommand(expected)),
    ],
    notes: [SIGNATURE_NOTE],
  };
}

function wrongThumbprint({ provider, issuer }: ExpectedProvider): Advice {
  return {
    cause: `The certificate of ${issuer} does not match the thumbprints of the identity provider in IAM.`,
    changes: [
      'If the issuer has a new certificate authority, replace the thumbprints by the SHA-1 fingerprint of that authority:',
      indented(
        `aws iam update-open-id-connect-provider-thumbprint --open-id-connect-provider-arn ${shellWord(provider)} --thumbprint-list FINGERPRINT`,
      ),
      'If nobody changed the certificate, do not update them: the connection between AWS and the issuer may be intercepted.',
    ],
  };
}

/** Advice for a token that AWS refused with a specific text. */
function rejectedToken(message: string, { roleArn, issuer, ahead }: ExpectedProvider): Advice | undefined {
  if (/roles claim/i.test(message)) {
    return {
      cause: 'The token has the claim https://aws.amazon.com/roles, and this role is not among the roles listed there.',
      changes: [
        `Assume a role that the claim lists, or configure the issuer of the token to list ${roleArn} in the claim.`,
      ],
    };
  }
  if (/issued in the future|not yet valid/i.test(message)) {
    return {
      cause: `By AWS's clock the token was issued in the future${ahead === undefined ? '' : `, in ${ahead}`}. AWS tolerates 5 minutes.`,
      changes: [
        `Fix the clock (NTP) of ${hostOf(issuer)}, which issued the token. If it isn't yours, run the step again later.`,
      ],
    };
  }
  return undefined;
}

function createCommand({ issuer, audience }: ExpectedProvider): string {
  return `aws iam create-open-id-connect-provider --url ${shellWord(issuer)} --client-id-list ${shellWord(audience)}`;
}

function addAudienceCommand({ provider, audience }: ExpectedProvider): string {
  return `aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${shellWord(provider)} --client-id ${shellWord(audience)}`;
}

function hostOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).hostname : issuer;
}
