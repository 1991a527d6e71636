import type { Environment, OptionProblem } from '@aws-oidc-assume/shared';
import editDistance from 'damerau-levenshtein';
import { SETTING_VARIABLES } from './settings.ts';
import { VARIABLES } from './variables.ts';

const PIPE_VARIABLES: readonly string[] = [...Object.values(VARIABLES).flat(), ...Object.values(SETTING_VARIABLES)];

/** Variables of Bitbucket, containers, shells, Node and proxies. */
const PLATFORM_VARIABLES =
  /^(?:BITBUCKET_|PIPELINES_|DOCKER_|NODE_|npm_|LC_|SSL_|XDG_|CI$|HOME$|HOSTNAME$|PATH$|PWD$|TERM$|TZ$|LANG$|USER$|LOGNAME$|SHELL$|SHLVL$|OLDPWD$|YARN_VERSION$|_$)|_proxy$/i;

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

/**
 * Variables of other tools for options of this pipe: those of AWS SDKs, and inputs of
 * aws-actions/configure-aws-credentials in the spelling of variables. Ignoring them would disregard the user's
 * intention, and in the worst case drop a limit.
 */
const RENAMED_VARIABLES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ROLE_SESSION_NAME: ['AWS_ROLE_SESSION_NAME'],
    PROFILE: ['AWS_PROFILE', 'PROFILE_NAME'],
    STS_ENDPOINT: ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_STS', 'ENDPOINT_URL', 'STS_REGIONAL_ENDPOINT'],
    MAX_ATTEMPTS: ['AWS_MAX_ATTEMPTS', 'RETRY_MAX_ATTEMPTS', 'MAX_RETRIES', 'DISABLE_RETRY'],
    DURATION_SECONDS: [
      'ROLE_DURATION',
      'SESSION_DURATION',
      'AWS_ROLE_DURATION',
      'ROLE_SESSION_DURATION',
      'SESSION_TIMEOUT',
    ],
    OUTPUT_DIR: ['OUTPUT_FOLDER'],
    AWS_OIDC_ROLE_ARN: ['ROLE_TO_ASSUME', 'AWS_ROLE_TO_ASSUME', 'ASSUME_ROLE', 'ASSUME_ROLE_ARN'],
    CHAIN_ROLE_ARNS: ['ROLE_CHAINING'],
    CHAIN_EXTERNAL_ID: ['ROLE_EXTERNAL_ID'],
    CHAIN_SESSION_TAGS: ['ROLE_SKIP_SESSION_TAGGING', 'CUSTOM_TAGS', 'ROLE_SESSION_TAGS'],
    SESSION_POLICY: ['INLINE_SESSION_POLICY', 'INLINE_POLICY'],
    SESSION_POLICY_ARNS: ['MANAGED_SESSION_POLICIES', 'MANAGED_POLICY_ARNS', 'MANAGED_POLICIES'],
    ALLOWED_ACCOUNT_IDS: ['EXPECTED_ACCOUNT_IDS', 'EXPECTED_ACCOUNT_ID'],
    TIMEOUT_SECONDS: ['ACTION_TIMEOUT_S'],
  }).flatMap(([ourName, others]) => others.map((other) => [other, ourName] as const)),
);

/** Variables of other tools for features that this pipe does not offer, with the reason. */
const UNSUPPORTED_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['AUDIENCE', 'the token of a step has one audience, which Bitbucket sets'],
  ['OUTPUT_CREDENTIALS', 'credentials are only left in files (EXPOSE)'],
  ['SPECIAL_CHARACTERS_WORKAROUND', 'keys with any character are read well'],
  ['TRANSITIVE_TAG_KEYS', 'session tags of a chain are not transitive'],
  ['UNSET_CURRENT_CREDENTIALS', 'the file that the pipe leaves clears other credentials by itself'],
  ['WEB_IDENTITY_TOKEN_FILE', 'the token is that of the step (oidc: true)'],
]);

const UNKNOWN = "isn't a variable of this pipe";

/** Words of this pipe's variables. Another name made of them only is meant for this pipe. */
const WORDS: ReadonlySet<string> = new Set(PIPE_VARIABLES.flatMap((name) => name.split('_')));

/**
 * Problems of variables that look like options of this pipe but are not, such as misspelt ones. A pipe sees only its
 * `variables:` and those that Bitbucket sets, so hardly any other variable can be mistaken for one.
 */
export function unknownVariables(env: Environment): OptionProblem[] {
  return Object.keys(env)
    .filter((name) => !isKnown(name))
    .flatMap((option) => {
      // Inputs of GitHub's actions have hyphens.
      const name = option.toUpperCase().replaceAll('-', '_');
      const renamed = RENAMED_VARIABLES.get(name);
      if (renamed !== undefined) return [{ option, message: UNKNOWN, fix: `Rename it to ${renamed}.` }];
      const reason = UNSUPPORTED_VARIABLES.get(name);
      if (reason !== undefined) return [{ option, message: `${UNKNOWN}: ${reason}`, fix: 'Remove it.' }];
      const nearest = nearestVariable(name);
      return nearest === undefined
        ? []
        : [{ option, message: UNKNOWN, fix: `If you mean ${nearest}, rename it. Otherwise remove it.` }];
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
  const isMeant = (variable: string) => isPartOf(name, variable) || hasOurPrefix(name) || isOfOurWords(name, variable);
  const [nearest] = PIPE_VARIABLES.filter((variable) => isMeant(variable) || leastDistance(name, variable) <= most)
    .map((variable) => ({ variable, distance: editDistance(name, variable).steps }))
    .filter(({ variable, distance }) => distance <= most || isMeant(variable))
    .sort((a, b) => a.distance - b.distance);
  return nearest?.variable;
}

/** Lower bound of the edit distance by counting letters. It spares nearly all names the slow comparison. */
function leastDistance(name: string, variable: string): number {
  let rest = variable;
  let missing = 0;
  for (const letter of name) {
    if (rest.includes(letter)) rest = rest.replace(letter, '');
    else missing++;
  }
  return Math.max(missing, rest.length);
}

/** One edit per five letters: `ROLE` resembles `ROLES`, and `SESSION_POLICIES` resembles `SESSION_POLICY`. */
function maxEditDistance(name: string): number {
  return Math.max(1, Math.floor(name.length / 5));
}

/** Whether the name is a run of whole words of the variable: `ROLE_ARN` of `AWS_ROLE_ARN`, `REGION` of `AWS_REGION`. */
function isPartOf(name: string, variable: string): boolean {
  return name.length >= 6 && `_${variable}_`.includes(`_${name}_`);
}

/** Whether the name consists of words of this pipe's variables, two of them those of this variable: `AWS_SESSION_POLICY`. */
function isOfOurWords(name: string, variable: string): boolean {
  const words = name.split('_');
  const shared = words.filter((word) => variable.split('_').includes(word));
  return shared.length >= 2 && words.every((word) => WORDS.has(word));
}

/** Whether the name has the prefix that only this pipe uses. */
function hasOurPrefix(name: string): boolean {
  return name.startsWith('AWS_OIDC_');
}
