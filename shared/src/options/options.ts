import type { RoleArn } from '@aws-oidc-assume/trust-policy/arn';
import { type EndpointVariant, stsEndpointOf, USUAL_VARIANT } from '../aws/region.ts';
import { Failure, type OptionProblem } from '../core/failure.ts';
import { contradictions } from './contradictions.ts';
import type { RawOptions } from './keys.ts';
import { isSet } from './raw-option.ts';
import { type OptionRules, type OptionValues, readValues } from './read.ts';

/** Options whose meaning depends on others. */
type Derived =
  | 'region'
  | 'roleArn'
  | 'roles'
  | 'chainRoleArns'
  | 'chainSessionTags'
  | 'stsEndpoint'
  | 'stsFallbackRegions'
  | 'expose';

/** Options of a run, checked and complete. Other options have the types of the table. */
export interface Options<Mode extends string = string> extends Omit<OptionValues, Derived> {
  readonly region: string;
  readonly roles: readonly [RoleTarget, ...RoleTarget[]];
  /** Roles to assume in sequence, each with the credentials of the previous one. */
  readonly chain: readonly RoleArn[];
  readonly chainTags: ChainTags;
  /** STS endpoints in order of preference. Later ones are used only if the first cannot be reached or fails. */
  readonly endpoints: readonly [StsEndpoint, ...StsEndpoint[]];
  /** Kind of the regions' endpoints. `stsEndpoint` names its host itself. */
  readonly endpointVariant: EndpointVariant;
  readonly expose: Mode;
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
  /** Whether the run's owner, repository, branch and build become tags. */
  readonly run: boolean;
  /** Custom tags. */
  readonly own: Readonly<Record<string, string>>;
}

/**
 * Reads all options and reports all problems at once.
 * @throws Failure `InvalidOptions` with one problem for each wrong option, in the CI system's spelling
 */
export function parseOptions<Mode extends string>(raw: RawOptions, rules: OptionRules<Mode>): Options<Mode> {
  const { values, problems: wrong } = readValues(raw, rules);
  const { endpointVariant = USUAL_VARIANT } = rules;
  const adapterProblems = rules.problems ?? [];
  const reported = missingOptions(raw, adapterProblems);
  const others = contradictions(raw, values).filter(({ option }) => !reported.has(option));
  const problems = [...adapterProblems, ...wrong, ...others];
  const { region, roleArn, profile, roles, chainRoleArns, chainSessionTags, stsEndpoint, stsFallbackRegions, ...same } =
    values;
  const [target, ...moreTargets] = roleArn === undefined ? roles : [{ role: roleArn, profile }];
  if (problems.length > 0 || region === undefined || target === undefined) throw invalidOptions(problems);
  return {
    ...same,
    region,
    profile,
    roles: [target, ...moreTargets],
    chain: chainRoleArns,
    chainTags: {
      run: chainSessionTags.some((tag) => tag === 'run'),
      own: Object.fromEntries(chainSessionTags.filter((tag) => typeof tag !== 'string')),
    },
    expose: (isSet(raw.roles) ? rules.exposeModes.find((mode) => mode === 'profile') : undefined) ?? same.expose,
    endpoints: [
      { region, url: stsEndpoint ?? stsEndpointOf(region, endpointVariant) },
      ...stsFallbackRegions
        .filter((fallback) => fallback !== region)
        .map((fallback) => ({ region: fallback, url: stsEndpointOf(fallback, endpointVariant) })),
    ],
    endpointVariant,
  };
}

/** Returns the names of missing options about which the adapter has reported more. */
function missingOptions(raw: RawOptions, problems: readonly OptionProblem[]): ReadonlySet<string> {
  const missing = Object.values(raw).filter((option) => !isSet(option));
  return new Set(missing.map(({ name }) => name).filter((name) => problems.some(({ option }) => option === name)));
}

/** Returns one failure for all problems. */
export function invalidOptions(problems: readonly OptionProblem[]): Failure {
  const lines = problems.map(({ option, message }) => `${option} ${message}`);
  return new Failure('InvalidOptions', lines.join('\n'), { problems });
}
