import type { OptionProblem } from '@aws-oidc-assume/shared';
import editDistance from 'damerau-levenshtein';
import { type Environment, PIPE_VARIABLES, VARIABLES } from './variables.ts';

const OURS: readonly string[] = [...Object.values(VARIABLES).flat(), ...PIPE_VARIABLES];

/** Bitbucket's own, and what containers, shells, Node and proxies have. */
const OF_OTHERS =
  /^(?:BITBUCKET_|PIPELINES_|DOCKER_|NODE_|npm_|LC_|SSL_|XDG_|CI$|HOME$|PATH$|PWD$|TERM$|TZ$|LANG$)|_proxy$/i;

/**
 * Variables that AWS's tools read (SDKs and tools reference guide, environment variables), and that mean nothing here.
 */
const OF_AWS = new Set(
  `AWS_ACCESS_KEY_ID AWS_ACCOUNT_ID AWS_ACCOUNT_ID_ENDPOINT_MODE AWS_CA_BUNDLE AWS_CLI_AUTO_PROMPT AWS_CONFIG_FILE
  AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_FULL_URI
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CREDENTIAL_EXPIRATION AWS_DATA_PATH AWS_DEFAULT_OUTPUT AWS_DEFAULT_PROFILE
  AWS_DEFAULTS_MODE AWS_EC2_METADATA_DISABLED AWS_EXECUTION_ENV
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS AWS_METADATA_SERVICE_NUM_ATTEMPTS AWS_METADATA_SERVICE_TIMEOUT
  AWS_PAGER AWS_REGION_SET AWS_RETRY_MODE AWS_SDK_LOAD_CONFIG AWS_SDK_UA_APP_ID
  AWS_SECRET_ACCESS_KEY AWS_SECURITY_TOKEN AWS_SESSION_TOKEN AWS_SHARED_CREDENTIALS_FILE AWS_SIGV4A_SIGNING_REGION_SET
  AWS_STS_REGIONAL_ENDPOINTS AWS_USE_DUALSTACK_ENDPOINT AWS_USE_FIPS_ENDPOINT AWS_WEB_IDENTITY_TOKEN_FILE`.split(/\s+/),
);

/** What other tools call it, and what it is called here: passed over, the run would do something else than was asked. */
const CALLED_HERE: ReadonlyMap<string, string> = new Map([
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
 * Variables that look like ours and are not: misspelt ones would otherwise be passed over without a word. A pipe sees
 * only what its `variables:` name and what Bitbucket sets, so that hardly anything else is there to be mistaken.
 */
export function unknownVariables(env: Environment): OptionProblem[] {
  return Object.keys(env)
    .filter((name) => !isKnown(name))
    .flatMap((option) => {
      const here = CALLED_HERE.get(option);
      if (here !== undefined) return [{ option, message: `is no variable of this pipe; here it is called ${here}` }];
      const nearest = nearestOfOurs(option.toUpperCase());
      return nearest === undefined
        ? []
        : [{ option, message: `is no variable of this pipe; the nearest is ${nearest}` }];
    });
}

function isKnown(name: string): boolean {
  if (CALLED_HERE.has(name)) return false;
  if (OF_OTHERS.test(name) || OF_AWS.has(name) || OURS.includes(name)) return true;
  const [, list] = /^(.+)_(?:COUNT|\d+)$/.exec(name) ?? [];
  return list !== undefined && OURS.includes(list);
}

function nearestOfOurs(name: string): string | undefined {
  const [nearest] = OURS.map((ours) => ({ ours, distance: editDistance(name, ours).steps }))
    .filter(({ ours, distance }) => distance <= lettersWrong(name) || isPartOf(name, ours) || isInOurs(name))
    .sort((a, b) => a.distance - b.distance);
  return nearest?.ours;
}

/** One wrong letter in five: `ROLE` is like `ROLES`, and `SESSION_POLICIES` like `SESSION_POLICY`. */
function lettersWrong(name: string): number {
  return Math.max(1, Math.floor(name.length / 5));
}

/** `ROLE_ARN` of `AWS_ROLE_ARN`, `REGION` of `AWS_REGION`: whole words that stand together. */
function isPartOf(name: string, ours: string): boolean {
  return name.length >= 6 && `_${ours}_`.includes(`_${name}_`);
}

/** Nobody else's variables begin like this. */
function isInOurs(name: string): boolean {
  return name.startsWith('AWS_OIDC_');
}
