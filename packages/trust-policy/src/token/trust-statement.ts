import type { SubjectCondition } from '../ci-systems/subject-condition.ts';
import { issuerPath } from '../policy/arn.ts';

/** A statement that lets web identities of one provider assume the role. */
export interface TrustStatement {
  readonly Effect: 'Allow';
  readonly Principal: { readonly Federated: string };
  readonly Action: string | readonly string[];
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A whole trust policy, ready for `JSON.stringify`. */
export interface TrustPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly TrustStatement[];
}

export interface TrustStatementParts {
  readonly providerArn: string;
  /** Issuer with or without its scheme. */
  readonly issuer: string;
  /** Must be escaped already. */
  readonly audience: string;
  readonly subject: SubjectCondition;
  /** Further keys with the values that StringEquals requires, escaped already. */
  readonly equal?: Readonly<Record<string, string>>;
  /** CIDR blocks for `aws:SourceIp`. */
  readonly sourceIps?: readonly string[];
  /** Adds sts:TagSession, which only tokens with session tags need. */
  readonly tagSession?: boolean;
  /** Adds sts:SetSourceIdentity, which only tokens with a source identity need. */
  readonly sourceIdentity?: boolean;
}

/** Returns a statement with conditions on audience and subject. Neither can be left out. */
export function trustStatement(parts: TrustStatementParts): TrustStatement {
  const path = issuerPath(parts.issuer);
  const subject = { [`${path}:sub`]: oneOrMany(parts.subject.values) };
  const equal = { [`${path}:aud`]: parts.audience, ...parts.equal };
  const ips = parts.sourceIps ?? [];
  return {
    Effect: 'Allow',
    Principal: { Federated: parts.providerArn },
    Action: oneOrMany([
      'sts:AssumeRoleWithWebIdentity',
      ...(parts.tagSession ? ['sts:TagSession'] : []),
      ...(parts.sourceIdentity ? ['sts:SetSourceIdentity'] : []),
    ]),
    Condition: {
      ...(parts.subject.operator === 'StringEquals'
        ? { StringEquals: { ...equal, ...subject } }
        : { StringEquals: equal, [parts.subject.operator]: subject }),
      ...(ips.length === 0 ? {} : { IpAddress: { 'aws:SourceIp': oneOrMany(ips) } }),
    },
  };
}

/** A condition with its values. */
export interface StatedCondition {
  readonly operator: string;
  readonly key: string;
  readonly expected: readonly string[];
}

/** Returns the statement with further conditions. Existing conditions win. */
export function withConditions(statement: TrustStatement, conditions: readonly StatedCondition[]): TrustStatement {
  const all = new Map(Object.entries(statement.Condition));
  for (const { operator, key, expected } of conditions) {
    all.set(operator, { [key]: oneOrMany(expected), ...all.get(operator) });
  }
  return { ...statement, Condition: Object.fromEntries(all) };
}

function oneOrMany(values: readonly string[]): string | readonly string[] {
  const [only = values, ...more] = values;
  return more.length === 0 ? only : values;
}
