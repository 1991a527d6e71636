import type { Failure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { printable } from '../core/text.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import type { Options } from '../options/options.ts';
import type { Runtime } from '../runtime.ts';
import { tokenFacts } from './report.ts';
import type { DiagnosisRun } from './run.ts';

type Diagnosis = typeof import('./diagnosis.ts');

const loadDiagnosis = (): Promise<Diagnosis> => import('./diagnosis.ts');

/**
 * Returns the failure with the facts of the token, the most specific known cause, and the change that fixes it. Never
 * throws: if no explanation is possible, the failure is returned unchanged. If the file with the explanations is
 * missing, a note reports that.
 */
export async function withExplanation(failure: Failure, run: DiagnosisRun, load = loadDiagnosis): Promise<Failure> {
  try {
    const { token, runtime } = run;
    const withToken = token === undefined ? failure : failure.with({ token: tokenFacts(token, runtime.now()) });
    const diagnosis = await loaded(load);
    if (diagnosis instanceof Error) {
      const { notes = [] } = failure.details;
      return withToken.with({ notes: [...notes, `This failure could not be explained. ${incomplete(diagnosis)}`] });
    }
    return withToken.with(await diagnosis.diagnosed(failure, run));
  } catch {
    return failure;
  }
}

/** Lints the trust policy file after a successful run and logs warnings. */
export async function warnOfWeakTrust(
  token: IdentityToken,
  { options, runtime, log }: { readonly options: Options; readonly runtime: Runtime; readonly log: Log },
  load = loadDiagnosis,
): Promise<void> {
  const file = options.trustPolicyFile;
  if (file === undefined) return;
  const diagnosis = await loaded(load);
  const warnings =
    diagnosis instanceof Error
      ? [printable(`The trust policy file ${file} was not checked. ${incomplete(diagnosis)}`)]
      : await diagnosis.weaknessesOf(file, token, options, runtime);
  for (const warning of warnings) log.warning(warning);
}

async function loaded(load: typeof loadDiagnosis): Promise<Diagnosis | Error> {
  try {
    return await load();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Reason why a file of this program cannot be loaded, and the fix. The rest of Node's message is a list of files. */
function incomplete({ message }: Error): string {
  return `A file of this program is missing: ${printable(message.split('\n')[0] ?? '', 300)}. Copy all of its files together.`;
}
