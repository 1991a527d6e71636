import { matchesPattern } from '../policy/glob.ts';
import { expandValue } from '../policy/policy-variables.ts';
import { requestContext } from '../policy/request-context.ts';
import type { LevelForm, SubjectComparison, SubjectDifference, SubjectLevels } from './ci-system.ts';

/** Compares a subject with an expected one, level by level. Undefined if they do not differ there. */
export function compareLevels(
  { expected, sub, wildcards }: SubjectComparison,
  form: LevelForm,
): SubjectDifference<never> | undefined {
  const expectedLevels = wildcards ? patternLevels(expected, form) : form.parse(expected);
  const observed = form.parse(sub);
  if (expectedLevels === undefined || observed === undefined) return undefined;
  const admits = (pattern: string, text: string) => admitsText(pattern, text, wildcards);
  const isSameOwner = form.isSameOwner ?? admits;
  if (!admits(expectedLevels.owner, observed.owner) && !isSameOwner(expectedLevels.owner, observed.owner)) {
    return { cause: 'another-owner', detail: `: that is another ${form.owner}.` };
  }
  if (expectedLevels.scope !== undefined && !admits(expectedLevels.scope, observed.scope ?? '')) {
    return { cause: 'other-subject', detail: `: that is another ${form.scope}.` };
  }
  if (expectedLevels.context === undefined || observed.context === undefined) return undefined;
  if (admits(expectedLevels.context, observed.context)) return undefined;
  const { detail, jobChange } = form.compareContexts(expectedLevels.context, observed.context);
  return { cause: 'other-subject', detail: `. ${detail}.`, jobChange };
}

/** Reads the levels that a pattern limits. Its wildcards can stand for text of several levels. */
function patternLevels(pattern: string, form: LevelForm): SubjectLevels | undefined {
  const levels = form.parse(pattern) ?? (/^[*?]/.test(pattern) ? { owner: '*' } : undefined);
  const context = form.contextAtEnd.exec(pattern)?.[1];
  return levels === undefined || levels.context !== undefined || context === undefined
    ? levels
    : { ...levels, context };
}

const NO_REQUEST = /* @__PURE__ */ requestContext({}, '');

/** Whether a part of an expected subject admits a part of a token's. Case is ignored: it is another mistake. */
export function admitsText(pattern: string, text: string, wildcards: boolean): boolean {
  const expansion = expandValue(pattern.toLowerCase(), { wildcards, variables: NO_REQUEST });
  return expansion.kind === 'pattern' && matchesPattern(expansion.pattern, text.toLowerCase());
}

/** Names a Git ref, or a pattern for refs: `the branch "main"`. */
export function refName(ref: string): string {
  const branch = /^refs\/heads\/(.+)$/s.exec(ref)?.[1];
  const tag = /^refs\/tags\/(.+)$/s.exec(ref)?.[1];
  if (branch !== undefined) return `the branch "${branch}"`;
  return tag === undefined ? `the ref "${ref}"` : `the tag "${tag}"`;
}
