import type { EnvironmentVariable, ExposeContext, ExposeMode, IdentityToken, OptionKey } from '@aws-oidc-assume/shared';

export interface StepContext extends ExposeContext {
  readonly token: IdentityToken;
}

/** A mode of the pipe: a record for each value of `EXPOSE`. */
export interface StepMode<Name extends string = string> extends ExposeMode<Name, StepContext, EnvironmentVariable> {
  /** Whether it writes profiles, which distinguish several calls. */
  readonly hasProfiles: boolean;
  /** Whether later lines need only the environment file, so that it may remove itself. */
  readonly canBeReadOnce: boolean;
  /** Whether AWS SDKs in later lines assume the role themselves. */
  readonly isAssumedLater: boolean;
  /** Options without effect in this mode. */
  readonly unsupported: readonly OptionKey[];
}
