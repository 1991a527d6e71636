import type { Environment, OptionProblem } from '@aws-oidc-assume/shared';
import editDistance from 'damerau-levenshtein';
import { SETTING_VARIABLES } from './settings.ts';
import { VARIABLES } from './variables.ts';

const PIPE_VARIABLES: readonly string[] = [...Object.values(VARIABLES).flat(), ...Object.values(SETTING_VARIABLES)];

/** Variables of Bitbucket, containers, shells, Node and proxies. */
const PLATFORM_VARIABLES =
  /^(?:BITBUCKET_|PIPELINES_|DOCKER_|NODE_|npm_|LC_|SSL_|XDG_|CI$|HOME$|HOSTNAME$|PATH$|PWD$|TERM$|TZ$|LANG$)|_proxy$/i;

/** Variables that AWS tools read and this pipe does not (SDKs and tools reference guide, environment variables). */
const AWS_VARIABLES = new Set(
  `AWS_ACCESS_KEY_ID AWS_ACCOUNT_ID AWS_ACCOUNT_ID_ENDPOINT_MODE AWS_CA_BUNDLE AWS_CLI_AUTO_PROMPT AWS_CONFIG_FILE
  AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_FULL_URI
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CREDENTIAL_EXPIRATION AWS_DATA_PATH AWS_DEFAULT_OUTPUT AWS_DEFAULT_PROFILE
  AWS_DEFAULTS_MODE AWS_EC2_METADATA_DISABLED AWS_EXECUTION_ENV
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS AWS_METADATA_SERVICE_NUM_ATTEMPTS AWS_METADATA_SERVICE_TIMEOUT
  AWS_PAGER AWS_REGION_SET AWS_RETRY_MODE AWS_SDK_LOAD_CONFIG AWS_SDK_UA_APP_ID
  AWS_SECRET_ACCESS_KEY AWS_SECURITY_TOKEN AWS_SESSION_TOKEN AWS_SHARED_CREDENTIALS_FILE AWS_SIGV4A_SIGNING_REGION_SET
  AWS_STS_REGIONAL_ENDPOINTS AWS_USE_DUALSTACK_ENDPOINT AWS_USE_FIPS_ENDPOINT AWS_WEB_IDENTITY_TOKEN_FILE`.split(/\s+/),
);

/** Variables of other tools for options of this pipe. Ignoring them would not do what the user asked for. */
const RENAMED_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['AWS_ROLE_SESSION_NAME', 'ROLE_SESSION_NAME'],
  ['AWS_PROFILE', 'PROFILE'],
  ['AWS_ENDPOINT_URL', 'STS_ENDPOINT'],
  ['AWS_ENDPOINT_URL_STS', 'STS_ENDPOINT'],
  ['AWS_MAX_ATTEMPTS', 'MAX_ATTEMPTS'],
  ['ROLE_DURATION', 'DURATION_SECONDS'],
  ['SESSION_DURATION', 'DURATION_SECONDS'],
  ['OUTPUT_FOLDER', 'OUTPUT_DIR'],
]);

/**
 * Problems of variables that look like options of this pipe but are not, such as misspelt ones. A pipe sees only its
 * `variables:` and those that Bitbucket sets, so hardly any other variable can be mistaken for one.
 */
export function unknownVariables(env: Environment): OptionProblem[] {
  return Object.keys(env)
    .filter((name) => !isKnown(name))
    .flatMap((option) => {
      const renamed = RENAMED_VARIABLES.get(option);
      if (renamed !== undefined)
        return [{ option, message: `is no variable of this pipe; here it is called ${renamed}` }];
      const nearest = nearestVariable(option.toUpperCase());
      return nearest === undefined
        ? []
        : [{ option, message: `is no variable of this pipe; the nearest is ${nearest}` }];
    });
}

function isKnown(name: string): boolean {
  if (RENAMED_VARIABLES.has(name)) return false;
  if (PLATFORM_VARIABLES.test(name) || AWS_VARIABLES.has(name) || PIPE_VARIABLES.includes(name)) return true;
  const [, list] = /^(.+)_(?:COUNT|\d+)$/.exec(name) ?? [];
  return list !== undefined && PIPE_VARIABLES.includes(list);
}

function nearestVariable(name: string): string | undefined {
  const most = maxEditDistance(name);
  const [nearest] = PIPE_VARIABLES.filter(
    (variable) => Math.abs(variable.length - name.length) <= most || isPartOf(name, variable) || hasOurPrefix(name),
  )
    .map((variable) => ({ variable, distance: editDistance(name, variable).steps }))
    .filter(({ variable, distance }) => distance <= most || isPartOf(name, variable) || hasOurPrefix(name))
    .sort((a, b) => a.distance - b.distance);
  return nearest?.variable;
}

/** One edit per five letters: `ROLE` resembles `ROLES`, and `SESSION_POLICIES` resembles `SESSION_POLICY`. */
function maxEditDistance(name: string): number {
  return Math.max(1, Math.floor(name.length / 5));
}

/** Whether the name is a run of whole words of the variable: `ROLE_ARN` of `AWS_ROLE_ARN`, `REGION` of `AWS_REGION`. */
function isPartOf(name: string, variable: string): boolean {
  return name.length >= 6 && `_${variable}_`.includes(`_${name}_`);
}

/** Whether the name has the prefix that only this pipe uses. */
function hasOurPrefix(name: string): boolean {
  return name.startsWith('AWS_OIDC_');
}
