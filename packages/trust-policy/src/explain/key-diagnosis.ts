import { ciSystem } from '../ci-systems/index.ts';
import { type Provider, recogniseIssuer } from '../ci-systems/issuer.ts';
import { hasWildcards, isStringComparison } from '../lint/rule.ts';
import { issuerPath } from '../policy/arn.ts';
import { textList } from '../policy/claims.ts';
import { literalPattern, matchesPattern, wildcardPattern } from '../policy/glob.ts';
import { parseOperator, prepareOperator } from '../policy/operators.ts';
import { requestContext } from '../policy/request-context.ts';
import {
  admittingCondition,
  type ConditionQuestion,
  type Diagnosis,
  type Remedy,
  statedConditions,
} from './diagnosis.ts';
import { admitting, removing } from './rewriting.ts';
import { diagnoseSubject } from './subject-diagnosis.ts';

/** Explains a condition whose key AWS never fills. Undefined for any other. */
export function diagnoseKey(question: ConditionQuestion): Diagnosis | undefined {
  const { trace, linted } = question;
  const { key } = linted;
  switch (key.kind) {
    case 'provider-arn':
      return {
        cause: 'provider-arn-as-key',
        summary: `the key "${trace.key}" begins with the provider's ARN; AWS fills "${key.issuer}:${key.claim}".`,
        remedy: withRightKey(question, key.claim),
      };
    case 'scheme':
      return {
        cause: 'scheme-in-key',
        summary: `the key "${trace.key}" begins with a scheme; AWS fills "${key.issuer}:${key.claim}".`,
        remedy: withRightKey(question, key.claim),
      };
    case 'other-issuer':
      return {
        cause: 'key-other-issuer',
        summary: `the key "${trace.key}" is about the issuer "${key.issuer}", which is not the token's.`,
        remedy: withRightKey(question, key.claim),
      };
    case 'malformed':
      return {
        cause: 'unsupported-key',
        summary: `"${trace.key}" is not a condition key, so the condition never matches.`,
        remedy: {
          kind: 'advise',
          text: 'Write "<issuer without https://>:sub" or another documented key.',
          widens: true,
        },
      };
    case 'claim-not-offered':
      return {
        cause: 'unsupported-key',
        summary: `AWS does not offer the claim "${key.claim}" of ${key.system.name} as a condition key, so ${trace.operator} on "${trace.key}" never matches.`,
        remedy: withoutClaim(question, key.claim, key.system),
      };
    default:
      return undefined;
  }
}

/** Explains the condition as it would be under the right key, with the remedy. */
function withRightKey(question: ConditionQuestion, rightKey: string): Remedy {
  const { trace, linted, identity, hasVariables } = question;
  const claim = rightKey.toLowerCase();
  if ((claim !== 'sub' && claim !== 'aud') || !isStringComparison(linted)) {
    return { kind: 'advise', text: `Write "<issuer>:${rightKey}" as the key.`, widens: true };
  }
  const value = claim === 'sub' ? identity.sub : identity.audience;
  const variables = hasVariables ? requestContext({}, '') : undefined;
  if (prepareOperator(linted.operator, trace.expected, variables)(value).verdict === 'yes') {
    const [only, ...others] = trace.expected;
    const own = admittingCondition(question.admitting, claim)?.values ?? [];
    const isOwn = only !== undefined && others.length === 0 && own.includes(only);
    return { kind: 'correct', change: isOwn ? admitting(question, claim, only) : undefined };
  }
  if (claim === 'aud') return { kind: 'correct', change: admitting(question, claim) };
  const issuer = recogniseIssuer(identity.issuer);
  const key = { kind: 'claim', issuer: issuerPath(identity.issuer), claim } as const;
  return diagnoseSubject({ ...question, linted: { ...linted, key, claim, issuer } }).remedy;
}

/** Removes the condition if the subject of the admitting statement implies it. Otherwise leaves it to a person. */
function withoutClaim(question: ConditionQuestion, claim: string, { id }: Provider): Remedy {
  const { trace } = question;
  if (isImplied(question, claim)) return { kind: 'correct', change: removing(trace) };
  const advice = ciSystem(id).claimNotOfferedFix?.(claim, question.identity);
  return {
    kind: 'decide',
    narrow: advice ?? 'A condition on the subject can say some of what this one should.',
    question: 'If you do without it',
    change: removing(trace),
  };
}

/** Whether the admitting statement contains the claim's value, and the condition would hold for it. */
function isImplied({ trace, linted, claims, admitting: statement }: ConditionQuestion, claim: string): boolean {
  const operator = parseOperator(trace.operator);
  const toPattern = hasWildcards(linted) ? wildcardPattern : literalPattern;
  const statementValues = statedConditions(statement).flatMap(({ values }) => values);
  const values = textList(claims[claim]);
  return (
    operator?.negated === false &&
    values.length > 0 &&
    values.every(
      (value) =>
        trace.expected.some((expected) => matchesPattern(toPattern(expected), value)) &&
        statementValues.some((text) => hasWord(text, value)),
    )
  );
}

/** Whether a text has a word between separators. */
function hasWord(text: string, word: string): boolean {
  const separator = /[:/@{}]/;
  return Array.from(text, (_, index) => index).some((position) => {
    const before = text.charAt(position - 1);
    const after = text.charAt(position + word.length);
    return (
      word !== '' &&
      text.startsWith(word, position) &&
      (before === '' || separator.test(before)) &&
      (after === '' || separator.test(after))
    );
  });
}
