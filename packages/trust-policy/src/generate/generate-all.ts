import type { TrustScope } from '../ci-systems/index.ts';
import { ScopeError, type ScopeProblem } from '../ci-systems/scope-error.ts';
import { issuerPath } from '../policy/arn.ts';
import type { TrustPolicy, TrustStatement } from '../token/trust-statement.ts';
import { type GeneratedTrust, type GenerateRequest, generate, refuseLintErrors, type TrustTarget } from './generate.ts';

/** Characters of a trust policy without its white space, unless AWS raised the account's quota (IAM quotas). */
const DEFAULT_QUOTA = 2048;

/**
 * Writes the identity provider and one trust policy that admits each scope and nothing else. All scopes must have the same
 * identity provider. Statements that differ only in the subject become one.
 *
 * @throws ScopeError naming every missing or wrong field, as `scopes[1].repositoryUuid` if there are several scopes.
 */
export function generateAll(scopes: readonly TrustScope[], target: TrustTarget): GeneratedTrust {
  const trusts = generateEach(scopes, target);
  const [first] = trusts;
  if (first === undefined)
    throw new ScopeError(NO_POLICY, [{ field: 'scopes', reason: 'is empty: name at least one' }]);
  const others = trusts.flatMap(({ providerUrl }, index): ScopeProblem[] =>
    providerUrl === first.providerUrl
      ? []
      : [
          {
            field: `scopes[${index}]`,
            reason: `has another identity provider, ${providerUrl}: it needs a separate role`,
          },
        ],
  );
  if (others.length > 0) throw new ScopeError(NO_POLICY, others);
  const statements = trusts.flatMap(({ trustPolicy }) => trustPolicy.Statement);
  const trustPolicy: TrustPolicy = {
    Version: '2012-10-17',
    Statement: mergeSubjects(statements, `${issuerPath(first.providerUrl)}:sub`),
  };
  refuseLintErrors(trustPolicy, first.providerArn);
  return {
    ...first,
    clientIds: unique(trusts.flatMap(({ clientIds }) => clientIds)),
    trustPolicy,
    notes: [...unique(trusts.flatMap(({ notes }) => notes)), ...lengthNotes(trustPolicy)],
  };
}

const NO_POLICY = 'No trust policy can be written';

function generateEach(scopes: readonly TrustScope[], target: TrustTarget): GeneratedTrust[] {
  const problems: ScopeProblem[] = [];
  const trusts = scopes.flatMap((scope, index): GeneratedTrust[] => {
    try {
      const request: GenerateRequest = { ...scope, ...target };
      return [generate(request)];
    } catch (error) {
      if (!(error instanceof ScopeError)) throw error;
      const prefix = scopes.length === 1 ? '' : `scopes[${index}].`;
      problems.push(...error.problems.map(({ field, reason }) => ({ field: `${prefix}${field}`, reason })));
      return [];
    }
  });
  if (problems.length > 0) throw new ScopeError(NO_POLICY, problems);
  return trusts;
}

/** Joins statements that are equal apart from the values of the subject. */
function mergeSubjects(statements: readonly TrustStatement[], key: string): TrustStatement[] {
  const groups = new Map<string, { statement: TrustStatement; subjects: string[] }>();
  for (const statement of statements) {
    const group = JSON.stringify(withSubjects(statement, key, []));
    const { subjects } = groups.get(group) ?? { subjects: [] };
    groups.set(group, { statement, subjects: unique([...subjects, ...subjectsOf(statement, key)]) });
  }
  return [...groups.values()].map(({ statement, subjects }) => withSubjects(statement, key, subjects));
}

function subjectsOf({ Condition }: TrustStatement, key: string): string[] {
  return Object.values(Condition).flatMap((operator) => {
    const values = operator[key] ?? [];
    return typeof values === 'string' ? [values] : [...values];
  });
}

function withSubjects(statement: TrustStatement, key: string, subjects: readonly string[]): TrustStatement {
  const [only, ...more] = subjects;
  const value = only !== undefined && more.length === 0 ? only : subjects;
  const Condition = Object.fromEntries(
    Object.entries(statement.Condition).map(([operator, keys]) => [
      operator,
      key in keys ? { ...keys, [key]: value } : keys,
    ]),
  );
  return { ...statement, Condition };
}

function lengthNotes(trustPolicy: TrustPolicy): string[] {
  const { length } = JSON.stringify(trustPolicy);
  return length <= DEFAULT_QUOTA
    ? []
    : [
        `The trust policy has ${length} characters; IAM accepts ${DEFAULT_QUOTA} unless AWS raised the account's quota. Use several roles, or request a higher quota.`,
      ];
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
