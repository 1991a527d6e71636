import { ciSystem } from '../ci-systems/index.ts';
import { isStringComparison } from '../lint/rule.ts';
import { alternatives } from '../text/alternatives.ts';
import { type ConditionQuestion, type Diagnosis, type Remedy, sentence } from './diagnosis.ts';
import { adding, writing } from './rewriting.ts';

/**
 * Explains a condition on a claim other than subject and audience, or on the request. Such a condition is a limit of the
 * role, so the fix never removes it.
 *
 * @param both clause that quotes both sides
 */
export function diagnoseClaim(question: ConditionQuestion, both: string): Diagnosis {
  const { trace } = question;
  const note = trace.note === undefined || trace.observed === undefined ? '' : ` ${sentence(trace.note)}`;
  return { cause: 'condition-failed', summary: `${both}.${note}`, remedy: remedyFor(question) };
}

function remedyFor(question: ConditionQuestion): Remedy {
  const { trace, linted } = question;
  const { claim, issuer } = linted;
  const [observed, ...more] = trace.observed ?? [];
  if (linted.operator?.negated === true || linted.operator?.base === 'Null') return keptOut(question);
  if (linted.key.kind !== 'claim' || claim === undefined || !isStringComparison(linted)) {
    return {
      kind: 'advise',
      text: `Make the request as the condition on "${trace.key}" demands. Keep the condition, which limits the role.`,
      widens: false,
    };
  }
  const claims = issuer && ciSystem(issuer.provider.id).scopeClaims;
  const isId = [claims?.owner, claims?.scope, claims?.path].some((names) => names?.includes(claim));
  if (isId && observed !== undefined && more.length === 0) {
    // Another repository may be meant as well. Another owner is more likely a wrong id, which must not stay.
    const isOwner = claims?.owner?.includes(claim) === true && trace.expected.length === 1;
    const change = isOwner ? writing(question, observed) : adding(question, observed);
    return {
      kind: 'decide',
      question: `The token's "${claim}" is "${observed}". If that is yours, and not another owner's`,
      change,
    };
  }
  return {
    kind: 'job',
    job: {
      fix: `Let the job have ${alternatives(trace.expected)} as its "${claim}".`,
      alternative: observed === undefined ? 'do without that limit' : `admit "${observed}" as well`,
    },
    change: observed !== undefined && more.length === 0 ? adding(question, observed) : undefined,
  };
}

function keptOut({ trace }: ConditionQuestion): Remedy {
  return {
    kind: 'advise',
    text: `${trace.operator} on "${trace.key}" keeps this job out on purpose. Change the job. Keep the condition, which keeps out others too.`,
    widens: false,
  };
}
