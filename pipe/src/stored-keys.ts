import { CREDENTIAL_VARIABLES, type Environment, OLD_KEY_VARIABLES } from '@aws-oidc-assume/shared';

/** Variables with a key or a part of one. */
const KEY_VARIABLES = [...CREDENTIAL_VARIABLES, ...OLD_KEY_VARIABLES].filter(
  (name) => name !== 'AWS_CREDENTIAL_EXPIRATION',
);

/** Returns a warning about keys in the pipe's `variables:`, without their values. Undefined without such keys. */
export function storedKeysWarning(env: Environment): string | undefined {
  const names = KEY_VARIABLES.filter((name) => env[name]?.trim());
  if (names.length === 0) return undefined;
  const [are, them] = names.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return `${names.join(', ')} ${are} in the variables of this pipe, which uses no stored keys. Remove ${them} there. If nothing else uses the key, delete it in IAM and in the settings of the repository, workspace or deployment.`;
}
