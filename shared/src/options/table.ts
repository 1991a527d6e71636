import { flag, json, list, number, type OptionType, text, textOr, type ValueFacts } from './types.ts';
import {
  parseAccountId,
  parseEndpoint,
  parseExternalId,
  parsePolicyArn,
  parseProfile,
  parseRegion,
  parseRole,
  parseRoleOfProfile,
  parseSessionName,
  parseSessionPolicy,
  parseTag,
  parseVariablePrefix,
} from './values.ts';

/** Spellings of an option, and whether it limits. The task's input has the key as its name. */
interface RowFacts {
  /** Variables of the pipe: the documented name, then its aliases. */
  readonly pipe: readonly [string, ...string[]];
  /**
   * Variables that the command line reads if the option itself is missing, in this order. Options without this list do
   * not exist on the command line, because they are about passing credentials to later steps.
   */
  readonly cli?: readonly string[];
  /**
   * Whether the option limits what the job may do. If it is present but empty, it is an error, because it would limit
   * nothing.
   */
  readonly isLimit?: true;
}

/** Properties of one option, except its texts. */
export interface OptionRow extends ValueFacts, RowFacts {}

/**
 * Options of the exchange, in the order in which they are read and reported. A new option needs a row here, its texts
 * in `help.ts`, and the code that uses its value. `scripts/options.ts` derives the forms and tables of the
 * documentation.
 */
export const OPTIONS = {
  region: {
    ...text(parseRegion),
    pipe: ['AWS_DEFAULT_REGION', 'AWS_REGION'],
    cli: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  },
  roleArn: {
    ...text(parseRole),
    pipe: ['AWS_OIDC_ROLE_ARN', 'AWS_ROLE_ARN'],
    cli: ['AWS_OIDC_ROLE_ARN', 'AWS_ROLE_ARN'],
  },
  roles: { ...list(parseRoleOfProfile), pipe: ['ROLES'] },
  sessionName: {
    ...text(parseSessionName),
    pipe: ['ROLE_SESSION_NAME'],
    cli: ['ROLE_SESSION_NAME', 'AWS_ROLE_SESSION_NAME'],
  },
  durationSeconds: {
    ...number('seconds', { least: 900, most: 43_200, default: 3600 }),
    pipe: ['DURATION_SECONDS'],
    cli: [],
    isLimit: true,
  },
  sessionPolicy: { ...json(parseSessionPolicy), pipe: ['SESSION_POLICY'], cli: [], isLimit: true },
  sessionPolicyArns: { ...list(parsePolicyArn), pipe: ['SESSION_POLICY_ARNS'], cli: [], isLimit: true },
  chainRoleArns: { ...list(parseRole), pipe: ['CHAIN_ROLE_ARNS'], cli: [] },
  chainExternalId: { ...text(parseExternalId), pipe: ['CHAIN_EXTERNAL_ID'], cli: [] },
  chainSessionTags: { ...list(parseTag), pipe: ['CHAIN_SESSION_TAGS'], cli: [] },
  allowedAccountIds: { ...list(parseAccountId), pipe: ['ALLOWED_ACCOUNT_IDS'], cli: [], isLimit: true },
  /** Its values differ by CI system, so `read.ts` reads it. */
  expose: { kind: 'mode', pipe: ['EXPOSE'] },
  profile: { ...text(parseProfile), pipe: ['PROFILE'] },
  variablePrefix: { ...textOr('', parseVariablePrefix), pipe: ['VARIABLE_PREFIX'] },
  maskAccountId: { ...flag(), pipe: ['MASK_ACCOUNT_ID'], cli: [] },
  stsEndpoint: { ...text(parseEndpoint), pipe: ['STS_ENDPOINT'], cli: [] },
  stsFallbackRegions: { ...list(parseRegion), pipe: ['STS_FALLBACK_REGIONS'], cli: [] },
  timeoutSeconds: {
    ...number('seconds', { least: 1, most: 3600, default: 60 }),
    pipe: ['TIMEOUT_SECONDS'],
    cli: [],
  },
  maxAttempts: { ...number('attempts', { least: 1, most: 50, default: 5 }), pipe: ['MAX_ATTEMPTS'], cli: [] },
  trustPolicyFile: { ...text((path) => path), pipe: ['TRUST_POLICY_FILE'], cli: [] },
  diagnose: { ...flag(), pipe: ['DIAGNOSE'], cli: [] },
} as const satisfies Readonly<Record<string, RowFacts & (OptionType<unknown> | { readonly kind: 'mode' })>>;

export type OptionKey = keyof typeof OPTIONS;

/** Options that can be read with only the table. */
export type TypedKey = Exclude<OptionKey, 'expose'>;
