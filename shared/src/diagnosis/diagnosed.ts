import type { Check } from '../core/check.ts';
import type { Advice, Failure, FailureCode } from '../core/failure.ts';
import { printable } from '../core/text.ts';
import { checksAfter } from './checks/after-failure.ts';
import { causeAmong } from './checks/cause.ts';
import { adviceFor } from './explain-refusal.ts';
import { SIGNATURE_NOTE } from './refused-token.ts';
import type { DiagnosisRun } from './run.ts';

/**
 * Returns the most specific known cause of a failure, the change that fixes it, and the results of checks. A finding
 * that explains the failure becomes its cause.
 */
export async function diagnosed(failure: Failure, run: DiagnosisRun): Promise<Advice> {
  const advice = await adviceFor(failure, run);
  try {
    return { ...advice, ...adviceFrom(await checksAfter(failure, run), failure, { run, notes: advice.notes }) };
  } catch {
    return advice;
  }
}

interface Surroundings {
  readonly run: DiagnosisRun;
  readonly notes: readonly string[] | undefined;
}

function adviceFrom(checks: readonly Check[], failure: Failure, { run, notes }: Surroundings): Advice {
  const finding = causeAmong(checks, failure);
  const names = new Set(checks.map(({ name }) => name));
  const passed = checks.filter(({ status }) => status === 'ok').map(({ name }) => name);
  const { diagnose } = run.options;
  const all = [
    ...(notes ?? failure.details.notes ?? []).filter((note) => note !== SIGNATURE_NOTE || !names.has('signature')),
    ...checks.filter((check) => check.status !== 'ok' && check !== finding).map(findingLine),
    ...(diagnose && passed.length > 0 ? [`checks passed: ${passed.join(', ')}`] : []),
    ...(!diagnose && UNCLEAR_CAUSES.has(failure.code)
      ? [
          `With ${settingOf(run.raw.diagnose.name)}, a failed run also checks the issuer's keys and the signature of the token.`,
        ]
      : []),
  ];
  return {
    ...(all.length === 0 ? {} : { notes: all }),
    ...(finding?.change === undefined ? {} : { cause: sentence(finding.message), changes: [finding.change] }),
  };
}

/** Returns a setting in the notation of the program: `DIAGNOSE: 'true'` of the pipe, `diagnose: true` of the task. */
function settingOf(name: string): string {
  if (name.startsWith('--')) return name;
  return name === name.toUpperCase() ? `${name}: 'true'` : `${name}: true`;
}

/** Failures whose cause AWS does not report, but a check of the issuer may find. */
const UNCLEAR_CAUSES: ReadonlySet<string> = new Set<FailureCode>([
  'IdentityTokenNotValidated',
  'IdentityTokenRejected',
  'KeysUnreachable',
]);

function findingLine({ name, status, message, change }: Check): string {
  // A line break from outside would begin a line of its own.
  const finding = `check ${name}: ${status}, ${printable(message, 1000)}.`;
  return change === undefined ? finding : `${finding} ${change}`;
}

/** Turns the finding of a check into a sentence. An address at its beginning does not change. */
function sentence(finding: string): string {
  return `${/^[a-z]+ /.test(finding) ? finding.charAt(0).toUpperCase() + finding.slice(1) : finding}.`;
}
