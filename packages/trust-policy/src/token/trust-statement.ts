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
  /** CIDR blocks for `aws:SourceIp`. */
  readonly sourceIps?: readonly string[];
  /** Adds sts:TagSession, which only tokens with session tags need. */
  readonly tagSession?: boolean;
}

/** Returns a statement with conditions on audience and subject. Neither can be left out. */
export function trustStatement(parts: TrustStatementParts): TrustStatement {
  const path = issuerPath(parts.issuer);
  const audience = { [`${path}:aud`]: parts.audience };
  const subject = { [`${path}:sub`]: oneOrMany(parts.subject.values) };
  const ips = parts.sourceIps ?? [];
  return {
    Effect: 'Allow',
    Principal: { Federated: parts.providerArn },
    Action: parts.tagSession ? ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] : 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      ...(parts.subject.operator === 'StringEquals'
        ? { StringEquals: { ...audience, ...subject } }
        : { StringEquals: audience, [parts.subject.operator]: subject }),
      ...(ips.length === 0 ? {} : { IpAddress: { 'aws:SourceIp': oneOrMany(ips) } }),
    },
  };
}

/** Returns the statement with further conditions. Existing conditions win. */
export function withConditions(
  statement: TrustStatement,
  conditions: readonly { readonly operator: string; readonly key: string; readonly expected: readonly string[] }[],
): TrustStatement {
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
