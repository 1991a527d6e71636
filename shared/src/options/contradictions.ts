import { exampleRegion, partitionOf } from '../aws/region.ts';
import type { OptionProblem } from '../core/failure.ts';
import { LIMITS, type RawOptions } from './keys.ts';
import { isSet } from './raw-option.ts';
import type { OptionValues } from './read.ts';
import type { OptionKey } from './table.ts';

/** Problem of an option in view of the others. */
type Flaw = readonly [key: OptionKey, message: string, fix?: string];
type Rule = (raw: RawOptions, values: OptionValues) => readonly Flaw[];

/** Problems of options that are missing, exclude each other, or would have no effect. */
export function contradictions(raw: RawOptions, values: OptionValues): OptionProblem[] {
  return RULES.flatMap((rule) => rule(raw, values)).map(([key, message, fix]) => ({
    option: raw[key].name,
    message,
    ...(fix === undefined ? {} : { fix }),
  }));
}

const RULES: readonly Rule[] = [
  required,
  emptyLimits,
  severalRoles,
  knownRegions,
  onePartition,
  oneEndpoint,
  chainedDuration,
  distinctTags,
  onlyInChains,
  sessionPolicies,
];

/** Ends the advice about an option that is listed without a value. */
const IS_EMPTY = "If it refers to a variable, that variable isn't defined here.";

function required(raw: RawOptions): Flaw[] {
  const missing = (key: OptionKey, value: string): Flaw =>
    raw[key].value === undefined
      ? [key, 'is missing', `Set ${raw[key].name} to ${value}.`]
      : [key, 'is empty', `Set ${raw[key].name} to ${value}. ${IS_EMPTY}`];
  const isRoleMissing = !isSet(raw.roleArn) && !isSet(raw.roles);
  return [
    ...(isSet(raw.region) ? [] : [missing('region', 'the region of your deployment, e.g. eu-west-1')]),
    ...(isRoleMissing
      ? [missing('roleArn', 'the ARN of the role to assume, e.g. arn:aws:iam::123456789012:role/deploy')]
      : []),
  ];
}

/** An empty limit would fail open. */
function emptyLimits(raw: RawOptions): Flaw[] {
  return LIMITS.filter((key) => raw[key].value !== undefined && !isSet(raw[key])).map((key) => [
    key,
    'is empty and would limit nothing',
    `Set ${raw[key].name}, or remove it. ${IS_EMPTY}`,
  ]);
}

function severalRoles(raw: RawOptions, { roles, expose }: OptionValues): Flaw[] {
  if (!isSet(raw.roles)) return [];
  const flaws: Flaw[] = [];
  if (isSet(raw.roleArn)) flaws.push(['roles', `cannot be used together with ${raw.roleArn.name}`]);
  if (isSet(raw.expose) && expose !== 'profile')
    flaws.push(['roles', `needs ${raw.expose.name} to be profile: each role becomes one profile`]);
  if (isSet(raw.profile))
    flaws.push(['profile', `cannot be used together with ${raw.roles.name}, which names its own`]);
  const duplicate = roles.map(({ profile }) => profile).find((name, index, all) => all.indexOf(name) !== index);
  if (duplicate !== undefined) flaws.push(['roles', `names the profile ${duplicate} twice`]);
  return flaws;
}

/** A region that AWS opened after this release needs its endpoint, because its host cannot be known here. */
function knownRegions({ stsEndpoint }: RawOptions, { region, stsFallbackRegions }: OptionValues): Flaw[] {
  if (isSet(stsEndpoint)) return [];
  const isUnknown = (name: string) => partitionOf(name) === undefined;
  const message = (name: string) =>
    `${name}: this version does not know the region family "${name.replace(/-[a-z]+-\d+$/, '')}"`;
  const endpoint = `If AWS has this region, set ${stsEndpoint.name} to the address of its STS`;
  const regions = region === undefined ? [] : [region];
  return [
    ...regions.filter(isUnknown).map((name): Flaw => ['region', `is ${message(name)}. ${endpoint}`]),
    ...stsFallbackRegions.filter(isUnknown).map((name): Flaw => ['stsFallbackRegions', `has ${message(name)}`]),
  ];
}

function onePartition(
  raw: RawOptions,
  { region, roleArn, roles, chainRoleArns, stsFallbackRegions }: OptionValues,
): readonly Flaw[] {
  if (region === undefined) return [];
  const expected = partitionOf(region);
  // The region is unknown; `knownRegions` has reported it unless an endpoint is set.
  if (expected === undefined) return [];
  const targets = roleArn === undefined ? roles.map(({ role }) => role) : [roleArn];
  const mismatches = [
    ...targets.map(({ partition }) => ({ option: roleArn ? raw.roleArn : raw.roles, partition })),
    ...chainRoleArns.map(({ partition }) => ({ option: raw.chainRoleArns, partition })),
  ].filter(({ partition }) => partition !== expected);
  return [
    ...mismatches
      .slice(0, 1)
      .map(
        ({ option, partition }): Flaw => [
          'region',
          `${region} is in partition ${expected}, but the role of ${option.name} is in ${partition}; ${regionsOf(partition)}`,
        ],
      ),
    ...stsFallbackRegions
      .filter((fallback) => ![undefined, expected].includes(partitionOf(fallback)))
      .map((fallback): Flaw => ['stsFallbackRegions', `${fallback} is in another partition than ${region}`]),
  ];
}

function regionsOf(partition: string): string {
  const example = exampleRegion(partition);
  return example === undefined ? 'this version knows no region of that partition' : `use a region such as ${example}`;
}

function oneEndpoint({ stsEndpoint, stsFallbackRegions }: RawOptions): Flaw[] {
  if (!isSet(stsEndpoint) || !isSet(stsFallbackRegions)) return [];
  return [['stsFallbackRegions', `cannot be used together with ${stsEndpoint.name}`]];
}

/** A chained session lasts at most one hour, even if the role allows more (STS API reference, AssumeRole). */
function chainedDuration({ chainRoleArns }: RawOptions, { durationSeconds }: OptionValues): Flaw[] {
  if (!isSet(chainRoleArns) || durationSeconds <= 3600) return [];
  const message = `is ${durationSeconds}, but a session of a chained role (${chainRoleArns.name}) lasts at most 3600 seconds`;
  return [['durationSeconds', message]];
}

/** Tag keys must differ in more than case (STS API reference, AssumeRole, Tags). */
function distinctTags(_: RawOptions, { chainSessionTags }: OptionValues): Flaw[] {
  const keys = chainSessionTags.filter((tag) => typeof tag !== 'string').map(([key]) => key);
  const folded = keys.map((key) => key.toLowerCase());
  const duplicate = keys.find((key, index) => folded.indexOf(key.toLowerCase()) !== index);
  return duplicate === undefined ? [] : [['chainSessionTags', `names the tag ${duplicate} twice`]];
}

function onlyInChains({ chainRoleArns, chainExternalId }: RawOptions, { chainSessionTags }: OptionValues): Flaw[] {
  if (isSet(chainRoleArns)) return [];
  const unused = `has no effect without ${chainRoleArns.name}`;
  return [
    ...(isSet(chainExternalId) ? [['chainExternalId', unused] as const] : []),
    ...(chainSessionTags.some((tag) => tag !== 'none') ? [['chainSessionTags', unused] as const] : []),
  ];
}

/** Limits of STS (API reference, AssumeRoleWithWebIdentity, Policy and PolicyArns). */
function sessionPolicies(_: RawOptions, { sessionPolicy, sessionPolicyArns }: OptionValues): Flaw[] {
  const flaws: Flaw[] = [];
  const { length } = sessionPolicyArns;
  if (length > 10) flaws.push(['sessionPolicyArns', `has ${length} ARNs; AWS STS accepts at most 10`]);
  const characters = [sessionPolicy ?? '', ...sessionPolicyArns].join('').length;
  if (characters > 2048) {
    flaws.push([
      sessionPolicy === undefined ? 'sessionPolicyArns' : 'sessionPolicy',
      `exceeds a limit: inline and managed session policies together have ${characters} characters, and AWS STS accepts at most 2048`,
    ]);
  }
  return flaws;
}
