import { accountOfArn } from '../aws/arn.ts';
import { shellWord } from '../publish/posix-shell.ts';

interface ExpectedProvider {
  /** ARN of the identity provider that AWS looks for. */
  readonly provider: string;
  readonly roleArn: string;
  readonly issuer: string;
  /** Audience that the provider must list. */
  readonly audience: string;
}

/** Sentence about an account that was not meant. A provider created there would be a mistake of its own. */
export function wrongAccount(roleArn: string): string {
  return `Check the role ARN first: if ${accountOfArn(roleArn)} is not the account you meant, correct it there, and change nothing in IAM.`;
}

/** Changes for AWS's one answer to three causes, the most frequent cause first. */
export function notValidatedChanges({ provider, roleArn, issuer, audience }: ExpectedProvider): string[] {
  return [
    wrongAccount(roleArn),
    'AWS gives this answer for three causes. Check them in this order:',
    `1. Account ${accountOfArn(roleArn)}, the account of the role, has no identity provider ${provider}. Create it:`,
    `  URL:      ${issuer}`,
    `  audience: ${audience}`,
    '2. The provider exists but does not list the audience of this token. Add it to its audiences (client IDs):',
    `  ${audience}`,
    '3. The signature of the token is wrong. Use the token exactly as the CI system issued it; aws-oidc doctor checks its signature.',
    `This command shows whether it is 1 or 2: aws iam get-open-id-connect-provider --open-id-connect-provider-arn ${shellWord(provider)}`,
  ];
}

/** Changes after AWS refused the certificate of the issuer's host. */
export function thumbprintChanges(provider: string, issuer: string): string[] {
  return [
    `AWS compared the certificate of ${issuer} with the thumbprints of the identity provider ${provider}; none matched.`,
    'If the issuer has a new certificate authority, replace the thumbprints with the SHA-1 fingerprint of that authority:',
    `  aws iam update-open-id-connect-provider-thumbprint --open-id-connect-provider-arn ${shellWord(provider)} --thumbprint-list FINGERPRINT`,
    'If nobody changed the certificate, do not update them: the connection between AWS and the issuer may be intercepted.',
  ];
}

/** Changes for a token that AWS refused with a text of its own. */
export function rejectedTokenChanges(message: string, roleArn: string): string[] {
  if (/roles claim/i.test(message)) {
    return [
      `The token has the claim https://aws.amazon.com/roles, which limits it to the roles listed there. ${roleArn} is not among them.`,
      'Assume a role that the claim lists, or have the issuer of the token add this role.',
    ];
  }
  if (/issued in the future|not yet valid/i.test(message)) {
    return [
      "By AWS's clock the token is not valid yet; AWS tolerates 5 minutes. Check the clock of the issuer that made the token.",
    ];
  }
  return [];
}
