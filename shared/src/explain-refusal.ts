import type { Edges } from './edges.ts';
import type { Failure } from './failure.ts';
import type { IdentityToken } from './identity-token.ts';
import type { Options } from './options.ts';
import { tokenLines } from './report.ts';
import { parseRoleArn } from './role-arn.ts';
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
  const roleArn = failure.details.attempted?.roleArn;
  if (roleArn === undefined || failure.details.changes !== undefined) return withToken;
  const changes = await changesFor(failure, token, roleArn, options, edges);
  return changes.length === 0 ? withToken : withToken.with({ changes });
}

async function changesFor(
  failure: Failure,
  token: IdentityToken,
  roleArn: string,
  options: Options,
  edges: Edges,
): Promise<string[]> {
  const issuer = token.issuer;
  const account = parseRoleArn(roleArn)?.accountId;
  const { providerArnFor, statementFor } = await import('./trust-knowledge.ts');
  if (failure.details.attempted?.action === 'AssumeRole') {
    return failure.code === 'AccessDenied' ? chainChanges(roleArn, options) : [];
  }
  if (issuer === undefined) return [];
  const provider = providerArnFor(issuer, roleArn);
  const audience = token.authorizedParty ?? token.audiences[0] ?? '';
  switch (failure.code) {
    case 'ProviderNotRegistered':
      return [
        `AWS looked for the identity provider ${provider} and did not find it.`,
        `Create it in account ${account}, the account of the role:`,
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
      return [
        ...(await diagnosis(token, roleArn, options, edges)),
        `AWS found the identity provider ${provider}; the trust policy of the role did not admit the token, or there is no such role.`,
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

/** The next role of a chain must trust the role before it. */
function chainChanges(roleArn: string, options: Options): string[] {
  const at = options.chain.findIndex((role) => role.arn === roleArn);
  const before = at > 0 ? options.chain[at - 1] : options.roles[0]?.role;
  if (before === undefined) return [];
  const tagged = options.chainTags.run || Object.keys(options.chainTags.own).length > 0;
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: before.arn },
    Action: tagged ? ['sts:AssumeRole', 'sts:TagSession'] : 'sts:AssumeRole',
    ...(options.chainExternalId === undefined
      ? {}
      : { Condition: { StringEquals: { 'sts:ExternalId': options.chainExternalId } } }),
  };
  return [
    `${roleArn} must trust ${before.arn}. This statement in its trust policy does:`,
    indented(JSON.stringify(statement, null, 2)),
    `In another account, ${before.roleName} must also be allowed to call sts:AssumeRole on it.`,
  ];
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
