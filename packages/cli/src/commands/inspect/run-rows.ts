import { ciSystemById, type SessionRun } from '@aws-oidc-assume/ci-systems';

const GENERIC_LABELS = { owner: 'owner', repository: 'repository', step: 'step' };

/** Run of a session name as rows for people. */
export function runRows(run: SessionRun): (readonly [string, string])[] {
  const system = ciSystemById(run.system);
  const labels = system?.labels ?? GENERIC_LABELS;
  const isReplaced = `${run.owner}${run.repository}`.includes('_');
  return [
    ['CI system', system?.name ?? run.system],
    [labels.owner, run.owner],
    [labels.repository, run.repository],
    ...(run.build === '' ? [] : [['build', run.build] as const]),
    ...(run.step === undefined ? [] : [[labels.step, `${run.step}…`] as const]),
    ['URL', run.url ?? '(the name was truncated or has too few parts)'],
    ...(isReplaced ? [['note', 'an "_" may replace a character that session names cannot have'] as const] : []),
  ];
}
