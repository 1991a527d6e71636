import { stsEndpointOf } from '../aws/region.ts';
import type { RoleArn } from '../aws/role-arn.ts';
import { Failure, type OptionProblem } from '../core/failure.ts';
import { contradictions } from './contradictions.ts';
import { isSet, OptionReader } from './reader.ts';
import {
  oneOf,
  parseAccountId,
  parseBoolean,
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
  type RawValue,
  wholeNumber,
} from './values.ts';

/** The options, checked and complete. */
export interface Options {
  readonly roles: readonly [RoleTarget, ...RoleTarget[]];
  readonly region: string;
  /** Undefined: derived from the run. */
  readonly sessionName: string | undefined;
  /** Seconds, 900 to 43200. */
  readonly durationSeconds: number;
  /** JSON text. */
  readonly sessionPolicy: string | undefined;
  readonly sessionPolicyArns: readonly string[];
  /** Roles to assume one after the other with the credentials just obtained. */
  readonly chain: readonly RoleArn[];
  readonly chainExternalId: string | undefined;
  readonly chainTags: ChainTags;
  /** Empty: every account is allowed. */
  readonly allowedAccountIds: readonly string[];
  readonly expose: string;
  readonly profile: string | undefined;
  /** Goes before `AWS_…` in the names of variables; empty by default. */
  readonly variablePrefix: string;
  readonly maskAccountId: boolean;
  /** Where STS is asked, in this order; the first is the rule, the others serve only when it cannot be reached. */
  readonly endpoints: readonly [StsEndpoint, ...StsEndpoint[]];
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  readonly trustPolicyFile: string | undefined;
}

export interface RoleTarget {
  readonly role: RoleArn;
  readonly profile: string | undefined;
}

export interface StsEndpoint {
  readonly region: string;
  readonly url: string;
}

export interface ChainTags {
  /** The run's owner, repository, branch and build as tags. */
  readonly run: boolean;
  readonly own: Readonly<Record<string, string>>;
}

/** One option as the user gave it: the name as spelt in that CI system, and the raw value. */
export interface RawOption {
  readonly name: string;
  readonly value: RawValue;
}

export const OPTION_KEYS = [
  'roleArn',
  'roles',
  'region',
  'sessionName',
  'durationSeconds',
  'sessionPolicy',
  'sessionPolicyArns',
  'chainRoleArns',
  'chainExternalId',
  'chainSessionTags',
  'allowedAccountIds',
  'expose',
  'profile',
  'variablePrefix',
  'maskAccountId',
  'stsEndpoint',
  'stsFallbackRegions',
  'timeoutSeconds',
  'maxAttempts',
  'trustPolicyFile',
] as const;

export type OptionKey = (typeof OPTION_KEYS)[number];
export type RawOptions = Readonly<Record<OptionKey, RawOption>>;

export interface OptionRules {
  /** The modes that CI system knows; the first is the default. */
  readonly exposeModes: readonly [string, ...string[]];
  /** What the adapter itself found wrong with what it was given: reported with all else. */
  readonly problems?: readonly OptionProblem[];
}

/**
 * Reads all options and reports all that is wrong at once.
 *
 * @throws Failure `InvalidOptions` with one problem for each wrong option, in the CI system's spelling
 */
export function parseOptions(raw: RawOptions, rules: OptionRules): Options {
  const reader = new OptionReader(raw);
  const values = readValues(reader, rules);
  const problems = [...(rules.problems ?? []), ...reader.problems, ...contradictions(raw, values)];
  const { region, roleArn, profile, roles, stsEndpoint, fallbackRegions, chainTags, ...options } = values;
  const [target, ...others] = roleArn === undefined ? roles : [{ role: roleArn, profile }];
  if (problems.length > 0 || region === undefined || target === undefined) throw invalidOptions(problems);
  return {
    ...options,
    region,
    profile,
    roles: [target, ...others],
    chainTags: {
      run: chainTags.some((tag) => tag === 'run'),
      own: Object.fromEntries(chainTags.filter((tag) => typeof tag !== 'string')),
    },
    expose: isSet(raw.roles) ? 'profile' : options.expose,
    endpoints: [
      { region, url: stsEndpoint ?? stsEndpointOf(region) },
      ...fallbackRegions
        .filter((fallback) => fallback !== region)
        .map((fallback) => ({ region: fallback, url: stsEndpointOf(fallback) })),
    ],
  };
}

export type OptionValues = ReturnType<typeof readValues>;

/** Each option by itself. What is missing or wrong is undefined, or its default. */
function readValues(reader: OptionReader, { exposeModes }: OptionRules) {
  return {
    region: reader.one('region', parseRegion),
    roleArn: reader.one('roleArn', parseRole),
    roles: reader.list('roles', parseRoleOfProfile),
    sessionName: reader.one('sessionName', parseSessionName),
    durationSeconds: reader.one('durationSeconds', wholeNumber(900, 43_200, 'seconds')) ?? 3600,
    sessionPolicy: reader.one('sessionPolicy', parseSessionPolicy),
    sessionPolicyArns: reader.list('sessionPolicyArns', parsePolicyArn),
    chain: reader.list('chainRoleArns', parseRole),
    chainExternalId: reader.one('chainExternalId', parseExternalId),
    chainTags: reader.list('chainSessionTags', parseTag),
    allowedAccountIds: reader.list('allowedAccountIds', parseAccountId),
    expose: reader.one('expose', oneOf(exposeModes)) ?? exposeModes[0],
    profile: reader.one('profile', parseProfile),
    variablePrefix: reader.one('variablePrefix', parseVariablePrefix) ?? '',
    maskAccountId: reader.one('maskAccountId', parseBoolean) ?? false,
    stsEndpoint: reader.one('stsEndpoint', parseEndpoint),
    fallbackRegions: reader.list('stsFallbackRegions', parseRegion),
    timeoutSeconds: reader.one('timeoutSeconds', wholeNumber(1, 3600, 'seconds')) ?? 60,
    maxAttempts: reader.one('maxAttempts', wholeNumber(1, 50, 'attempts')) ?? 5,
    trustPolicyFile: reader.one('trustPolicyFile', (text) => text),
  };
}

/** One failure for all problems. */
export function invalidOptions(problems: readonly OptionProblem[]): Failure {
  const lines = problems.map(({ option, message }) => `${option} ${message}`);
  return new Failure('InvalidOptions', lines.join('\n'), { problems });
}
