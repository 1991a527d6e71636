import type { CiSystem, Log } from '@aws-oidc-assume/shared';

/** A CI job as far as its identity goes: shared's port without publishing and log. */
export interface Job extends Pick<CiSystem, 'name' | 'run' | 'renewsToken' | 'identityToken'> {
  /** Where the token comes from, for people: `BITBUCKET_STEP_OIDC_TOKEN`. */
  readonly origin: string;
}

/** The whole port. The command itself hands the credentials over, so that nothing is published. */
export function ciSystem(job: Job, log: Log): CiSystem {
  return { ...job, log, publish: async () => ({ lines: [] }) };
}
