import type { ContextProvider } from '../config/configuration.ts';
import type { JsonObject } from '../json.ts';
import type { TokenIdentity } from './identity-token.ts';
import type { Elements } from './xml.ts';

/**
 * Keys that STS sets in a session from the token, if the provider has a context provider ("trusted identity propagation
 * for IAM federation", 2026-11-19). Source: API_ContextProvider and the STS model of @aws-sdk/client-sts 3.1173.
 */
export interface PropagatedIdentity {
  /** The keys `aws:OriginIdentity/…`, without the prefix. */
  readonly originIdentity: Readonly<Record<string, string>>;
  /** The keys `aws:TransactionContext/IdentityProvider/…`, without the prefix. */
  readonly transactionContext: Readonly<Record<string, string>>;
}

/** AWS's limit on a value, characters. A longer value is omitted here; AWS's answer to one is not documented. */
const MAX_VALUE = 128;

export function propagatedIdentity(
  claims: JsonObject,
  { issuer }: TokenIdentity,
  provider: { readonly arn: string; readonly contextProvider: ContextProvider },
): PropagatedIdentity {
  const { subjectSourceKey, subjectTypeSourceKey, subjectTypeValue, keyDefinitionList } = provider.contextProvider;
  const subjectType = subjectTypeSourceKey === undefined ? subjectTypeValue : textOf(claims[subjectTypeSourceKey]);
  return {
    originIdentity: withoutUndefined({
      Subject: textOf(claims[subjectSourceKey]),
      SubjectType: subjectType,
      Issuer: issuer.replace(/^https?:\/\//, ''),
      FederatedProviderArn: provider.arn,
    }),
    transactionContext: withoutUndefined(
      Object.fromEntries(keyDefinitionList.map(({ sourceKey, targetKey }) => [targetKey, textOf(claims[sourceKey])])),
    ),
  };
}

/** The session's condition keys. */
export function propagationContext(identity: PropagatedIdentity | undefined): Readonly<Record<string, string>> {
  if (identity === undefined) return {};
  const { originIdentity, transactionContext } = identity;
  return {
    ...prefixed('aws:OriginIdentity/', originIdentity),
    ...prefixed('aws:TransactionContext/IdentityProvider/', transactionContext),
  };
}

/** The element of the answer. */
export function propagationElements({ originIdentity, transactionContext }: PropagatedIdentity): Elements {
  const entry = Object.entries(transactionContext).map(([key, value]) => ({ key, value }));
  return {
    OriginIdentity: originIdentity,
    ...(entry.length === 0 ? {} : { TransactionContext: { IdentityProvider: { entry } } }),
  };
}

function textOf(claim: unknown): string | undefined {
  if (typeof claim !== 'string' && typeof claim !== 'number' && typeof claim !== 'boolean') return undefined;
  const text = String(claim);
  return text.length > MAX_VALUE ? undefined : text;
}

function withoutUndefined(members: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function prefixed(prefix: string, members: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(members).map(([key, value]) => [`${prefix}${key}`, value]));
}
