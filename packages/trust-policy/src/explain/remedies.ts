import { addStatement } from '../fix/edits.ts';
import { advice, type Edit, type Fix, fixBy } from '../fix/fix.ts';
import { applyPatch } from '../fix/json-patch.ts';
import { issuerPath } from '../policy/arn.ts';
import {
  type PolicyDocument,
  PolicySyntaxError,
  parseTrustPolicy,
  type RoleStatement,
} from '../policy/policy-document.ts';
import { jobsAdmittedFor } from '../token/statement-for.ts';
import type { TrustStatement } from '../token/trust-statement.ts';
import { type Change, type Remedy, sentence } from './diagnosis.ts';
import type { Question } from './explanation.ts';
import { isNarrow } from './narrowness.ts';

/** A statement that does not admit the token, with a remedy for each reason. */
export interface Refusal {
  readonly question: Question;
  /** Position of the statement in the policy. */
  readonly index: number;
  readonly remedies: readonly Remedy[];
  /** Statement for this job with the conditions that hold in the refusing one. */
  readonly statement: TrustStatement;
}

/** Returns the one fix for a statement that does not admit the token. */
export function fixFor(refusal: Refusal): Fix {
  const none = refusal.remedies.find(({ kind }) => kind === 'none');
  if (none?.kind === 'none') return advice(none.text, { widens: false });
  const advised = refusal.remedies.filter((remedy) => remedy.kind === 'advise');
  const jobs = refusal.remedies.filter((remedy) => remedy.kind === 'job');
  const [decision, ...moreDecisions] = refusal.remedies.filter((remedy) => remedy.kind === 'decide');
  const sentences = [...jobs.map(({ job }) => job.fix), ...advised.map(({ text }) => text)];
  if (advised.length > 0) return advice(sentences.join(' '), { widens: advised.some(({ widens }) => widens) });
  if (jobs.length > 0) {
    return decision === undefined ? jobFix(refusal, jobs) : advice(sentences.join(' '), { widens: false });
  }
  if (decision === undefined) return correctFix(refusal);
  return moreDecisions.length === 0 ? decideFix(refusal, decision) : advice(MANY_DECISIONS, { widens: false });
}

const MANY_DECISIONS =
  'Compare each of these values with what the role is meant for. A statement for only this job is the narrowest change.';

/** Returns the fix that adds a statement for one job. */
export function fixByStatement(question: Question, statement: TrustStatement): Fix {
  const { job, claims } = question;
  const { text, patch } = adding(question, statement);
  const more = job.namesOwner ? '' : ` It admits ${jobsAdmittedFor(claims)}.`;
  const fix = advice(`${sentence(text)}${more}`, { widens: !job.namesOwner });
  return patch === undefined ? fix : { ...fix, patch };
}

/**
 * Adds a statement. Only a text is returned if the role and therefore the provider's account is unknown. The same holds
 * if the policy has no room, or lacks policy variables that the values need.
 */
function adding(question: Question, statement: TrustStatement): Partial<Edit> & Pick<Edit, 'text'> {
  const { document, providerArn, job } = question;
  if (!canBeWritten(question, statement)) return { text: NO_VARIABLES };
  if (providerArn === undefined) {
    return {
      text: `add a statement whose Federated principal is the provider of "${issuerPath(job.identity.issuer)}", with "Condition": ${JSON.stringify(statement.Condition)}`,
    };
  }
  const edit = addStatement(document, statement);
  const length = changedPolicy(document, edit)?.lengthWithoutSpaces;
  return length === undefined || length > LONGEST_STORED ? { text: NO_ROOM } : edit;
}

/** Most characters without white space that IAM stores in a trust policy (IAM quotas). */
const LONGEST_STORED = 4096;

const NO_VARIABLES =
  'create another role for this job, with "Version": "2012-10-17" in its trust policy: only that version can compare a subject with "${", "*" or "?" in it';

const NO_ROOM = 'create another role for this job: the policy has no room for one more statement';

function correctFix(refusal: Refusal): Fix {
  const { question, remedies, statement } = refusal;
  const more = remedies.flatMap((remedy) => (remedy.kind === 'correct' ? (remedy.more ?? []) : [])).join(' ');
  const edit = editOf(refusal);
  if (edit !== undefined && isNarrowEdit(refusal, edit)) {
    return fixBy(edit, { widens: false, ...(more === '' ? {} : { more }) });
  }
  const fix = fixByStatement(question, statement);
  return more === '' ? fix : { ...fix, text: `${fix.text} ${more}` };
}

function jobFix(refusal: Refusal, jobs: readonly Extract<Remedy, { kind: 'job' }>[]): Fix {
  const { question, statement } = refusal;
  const changeJob = jobs.map(({ job }) => job.fix).join(' ');
  const lacksValue = jobs.some(({ change }) => change === undefined);
  const edit = editOf(refusal) ?? (lacksValue ? undefined : adding(question, statement));
  if (edit === undefined) return advice(changeJob, { widens: false });
  const alternative = jobs.map(({ job }) => job.alternative).join(' and ');
  const fix = widening(`${changeJob} Or, to ${alternative}`, edit);
  return jobs.some(({ job }) => job.mayBeImpossible) ? fix : { ...fix, narrow: changeJob };
}

function decideFix(refusal: Refusal, { question, narrow }: Extract<Remedy, { kind: 'decide' }>): Fix {
  const edit = editOf(refusal) ?? adding(refusal.question, refusal.statement);
  if (narrow === undefined) return widening(question, edit);
  return { ...widening(`${narrow} ${question}`, edit), narrow };
}

/** @param beginning clause that the edit completes */
function widening(beginning: string, { text, patch }: Partial<Edit> & Pick<Edit, 'text'>): Fix {
  const fix = advice(`${beginning}, ${text}.`, { widens: true });
  return patch === undefined ? fix : { ...fix, patch };
}

/** Composes the changes of one statement. Undefined if one of them has no place in it. */
function editOf({ question, index, remedies, statement }: Refusal): Edit | undefined {
  if (!canBeWritten(question, statement)) return undefined;
  let document = question.document;
  const edits: Edit[] = [];
  for (const remedy of remedies) {
    const edit = changeOf(remedy)?.(document, statementAt(document, index));
    const next = edit && changedPolicy(document, edit);
    if (edit === undefined || next === undefined) return undefined;
    edits.push(edit);
    document = next;
  }
  return { text: edits.map(({ text }) => text).join(', then '), patch: edits.flatMap(({ patch }) => patch) };
}

function changeOf(remedy: Remedy): Change | undefined {
  return remedy.kind === 'none' || remedy.kind === 'advise' ? undefined : remedy.change;
}

function isNarrowEdit({ question, index }: Refusal, edit: Edit): boolean {
  const after = changedPolicy(question.document, edit);
  return (
    after !== undefined && isNarrow(statementAt(question.document, index), statementAt(after, index), question.job)
  );
}

/** Returns the changed policy. Undefined if IAM would refuse it, because it has become too long. */
function changedPolicy(
  document: PolicyDocument<RoleStatement>,
  { patch }: Pick<Edit, 'patch'>,
): PolicyDocument<RoleStatement> | undefined {
  try {
    return parseTrustPolicy(applyPatch(document.json, patch));
  } catch (error) {
    if (error instanceof PolicySyntaxError) return undefined;
    throw error;
  }
}

function statementAt({ statements }: PolicyDocument<RoleStatement>, index: number): RoleStatement {
  const statement = statements[index];
  if (statement === undefined) throw new RangeError(`The policy has no statement ${index}.`);
  return statement;
}

/** Whether the policy's version can express the values of the job. */
function canBeWritten({ document, job }: Question, { Condition }: TrustStatement): boolean {
  return document.version === '2012-10-17' || !JSON.stringify([job.admitting.Condition, Condition]).includes('${');
}
