import { Failure, type OptionProblem } from './failure.ts';
import {
  type GivenValue,
  itemsOf,
  oneOf,
  Problem,
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
  refuseUndefinedVariable,
  textOf,
  wholeNumber,
} from './option-values.ts';
import { exampleRegion, partitionOf, stsEndpointOf } from './region.ts';
import type { RoleArn } from './role-arn.ts';

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
export interface GivenOption {
  readonly name: string;
  readonly value: GivenValue;
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
export type GivenOptions = Readonly<Record<OptionKey, GivenOption>>;

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
export function parseOptions(given: GivenOptions, rules: OptionRules): Options {
  const problems: OptionProblem[] = [...(rules.problems ?? [])];
  const wrong = (key: OptionKey, message: string): undefined => {
    problems.push({ option: given[key].name, message });
  };
  const readText = <T>(key: OptionKey, text: string, parse: (text: string) => T): T | undefined => {
    try {
      refuseUndefinedVariable(text);
      return parse(text);
    } catch (error) {
      if (error instanceof Problem) return wrong(key, error.message);
      throw error;
    }
  };
  const read = <T>(key: OptionKey, parse: (text: string) => T): T | undefined => {
    const text = textOf(given[key].value);
    return text === '' ? undefined : readText(key, text, parse);
  };
  const readList = <T>(key: OptionKey, parse: (text: string) => T): readonly T[] => {
    const items = itemsOf(given[key].value);
    // Commas alone are no empty value: a guard that was meant must not vanish.
    if (items.length === 0 && textOf(given[key].value) !== '') wrong(key, 'is a list without an item');
    return items.map((item) => readText(key, item, parse)).filter((item) => item !== undefined);
  };
  const isSet = (key: OptionKey) => itemsOf(given[key].value).length > 0;

  const region = read('region', parseRegion);
  const roleArn = read('roleArn', parseRole);
  const profile = read('profile', parseProfile);
  const roles = readList('roles', parseRoleOfProfile);
  const chain = readList('chainRoleArns', parseRole);
  const durationSeconds = read('durationSeconds', wholeNumber(900, 43_200, 'seconds')) ?? 3600;
  const sessionPolicy = read('sessionPolicy', parseSessionPolicy);
  const sessionPolicyArns = readList('sessionPolicyArns', parsePolicyArn);
  const allowedAccountIds = readList('allowedAccountIds', parseAccountId);
  const expose = read('expose', oneOf(rules.exposeModes)) ?? rules.exposeModes[0];
  const stsEndpoint = read('stsEndpoint', parseEndpoint);
  const fallbackRegions = readList('stsFallbackRegions', parseRegion);
  const chainExternalId = read('chainExternalId', parseExternalId);
  const chainTags = readList('chainSessionTags', parseTag);

  if (!isSet('region')) wrong('region', 'is required: the region of your deployment, e.g. eu-west-1');
  if (!isSet('roleArn') && !isSet('roles')) {
    wrong('roleArn', 'is required: the ARN of the role to assume, e.g. arn:aws:iam::123456789012:role/deploy');
  }
  if (isSet('roleArn') && isSet('roles')) wrong('roles', `cannot be used together with ${given.roleArn.name}`);
  if (isSet('roles') && expose !== 'profile' && isSet('expose')) {
    wrong('roles', `needs ${given.expose.name} to be profile: each role becomes one profile`);
  }
  if (isSet('roles') && isSet('profile'))
    wrong('profile', `cannot be used together with ${given.roles.name}, which names its own`);
  const doubled = roles.map((target) => target.profile).find((name, at, all) => all.indexOf(name) !== at);
  if (doubled !== undefined) wrong('roles', `names the profile ${doubled} twice`);

  const targets: readonly RoleTarget[] = roleArn === undefined ? roles : [{ role: roleArn, profile }];
  if (region !== undefined) {
    const ofRegion = partitionOf(region);
    const elsewhere = [
      ...targets.map(({ role }) => ({
        key: roleArn ? ('roleArn' as const) : ('roles' as const),
        partition: role.partition,
      })),
      ...chain.map((role) => ({ key: 'chainRoleArns' as const, partition: role.partition })),
    ].find(({ partition }) => partition !== ofRegion);
    if (elsewhere !== undefined) {
      const { key, partition } = elsewhere;
      wrong(
        'region',
        `${region} lies in partition ${ofRegion}, but the role of ${given[key].name} in ${partition}; ${regionsOf(partition)}`,
      );
    }
    for (const fallback of fallbackRegions) {
      if (partitionOf(fallback) !== ofRegion) {
        wrong('stsFallbackRegions', `${fallback} lies in another partition than ${region}`);
      }
    }
  }
  if (isSet('stsEndpoint') && isSet('stsFallbackRegions')) {
    wrong('stsFallbackRegions', `cannot be used together with ${given.stsEndpoint.name}`);
  }
  // Role chaining: the result lasts at most one hour, whatever the role allows (STS API reference, AssumeRole).
  if (isSet('chainRoleArns') && durationSeconds > 3600) {
    wrong(
      'durationSeconds',
      `is ${durationSeconds}, but a session of a chained role (${given.chainRoleArns.name}) lasts at most 3600 seconds`,
    );
  }
  const ownTags = chainTags.filter((tag) => typeof tag !== 'string');
  const lowerCase = ownTags.map(([key]) => key.toLowerCase());
  // Keys are compared without case (STS API reference, AssumeRole, Tags).
  const doubledTag = ownTags.find(([key], at) => lowerCase.indexOf(key.toLowerCase()) !== at);
  if (doubledTag !== undefined) wrong('chainSessionTags', `names the tag ${doubledTag[0]} twice`);
  if (!isSet('chainRoleArns')) {
    const idle = `has no effect without ${given.chainRoleArns.name}`;
    if (isSet('chainExternalId')) wrong('chainExternalId', idle);
    if (chainTags.some((tag) => tag !== 'none')) wrong('chainSessionTags', idle);
  }
  if (sessionPolicyArns.length > 10)
    wrong('sessionPolicyArns', `has ${sessionPolicyArns.length} ARNs, AWS STS takes at most 10`);
  const policyLength = [sessionPolicy ?? '', ...sessionPolicyArns].join('').length;
  if (policyLength > 2048) {
    const key = sessionPolicy === undefined ? 'sessionPolicyArns' : 'sessionPolicy';
    wrong(
      key,
      `inline and managed session policies have ${policyLength} characters together, AWS STS takes at most 2048`,
    );
  }

  const options = {
    sessionName: read('sessionName', parseSessionName),
    variablePrefix: read('variablePrefix', parseVariablePrefix) ?? '',
    maskAccountId: read('maskAccountId', parseBoolean) ?? false,
    timeoutSeconds: read('timeoutSeconds', wholeNumber(1, 3600, 'seconds')) ?? 60,
    maxAttempts: read('maxAttempts', wholeNumber(1, 50, 'attempts')) ?? 5,
    trustPolicyFile: read('trustPolicyFile', (text) => text),
  };

  const [target, ...others] = targets;
  if (problems.length > 0 || region === undefined || target === undefined) throw invalidOptions(problems);
  return {
    ...options,
    roles: [target, ...others],
    region,
    durationSeconds,
    sessionPolicy,
    sessionPolicyArns,
    chain,
    chainExternalId,
    chainTags: {
      run: chainTags.some((tag) => tag === 'run'),
      own: Object.fromEntries(ownTags),
    },
    allowedAccountIds,
    expose: isSet('roles') ? 'profile' : expose,
    profile,
    endpoints: [
      { region, url: stsEndpoint ?? stsEndpointOf(region) },
      ...fallbackRegions
        .filter((fallback) => fallback !== region)
        .map((fallback) => ({ region: fallback, url: stsEndpointOf(fallback) })),
    ],
  };
}

function regionsOf(partition: string): string {
  const example = exampleRegion(partition);
  return example === undefined ? 'no region of that is known here' : `use a region such as ${example}`;
}

/** One failure for all problems. */
export function invalidOptions(problems: readonly OptionProblem[]): Failure {
  const lines = problems.map(({ option, message }) => `${option} ${message}`);
  return new Failure('InvalidOptions', lines.join('\n'), { problems });
}
