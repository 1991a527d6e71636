import type { IdentityToken } from '../identity/identity-token.ts';
import type { RawOptions } from '../options/keys.ts';
import type { Options } from '../options/options.ts';
import type { Runtime } from '../runtime.ts';

/** Parts of a failed run that its diagnosis needs. */
export interface DiagnosisRun {
  /** Undefined if the run failed before it had one. */
  readonly token: IdentityToken | undefined;
  readonly options: Options;
  /** Options as the user wrote them, for their names in the CI system. */
  readonly raw: RawOptions;
  readonly runtime: Runtime;
}
