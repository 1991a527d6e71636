import {
  type GeneratedTrust,
  generateAll,
  type ProviderId,
  permissionPolicy,
  ScopeError,
} from '@aws-oidc-assume/trust-policy';
import { flagOf, type OptionTable, type ParsedArguments } from '../cli/command.ts';
import { UsageError } from '../cli/usage-error.ts';
import { PERMISSION_OPTIONS, permissionsOf } from '../options/permission-options.ts';
import { SCOPE_OPTIONS, trustRequest } from '../options/scope-options.ts';
import type { PipelineSetup, Setup } from './setup.ts';

/** Options of only the trust policy. */
export const TRUST_OPTIONS: OptionTable = {
  account: { value: 'ID', about: 'the AWS account, twelve digits' },
  ...SCOPE_OPTIONS,
  partition: { value: 'NAME', about: 'aws (default), aws-cn, aws-us-gov, …' },
  issuer: { value: 'URL', about: 'other issuer of the same system: of an emulator or a GitHub enterprise' },
  'source-ip': { value: 'CIDR', multiple: true, about: 'addresses that the job must come from' },
};

/** Options of the role and the identity provider. */
export const ROLE_OPTIONS: OptionTable = {
  'role-name': { value: 'NAME', about: 'name of the role in the setup (ci-deploy)' },
  'max-session-duration': { value: 'SECONDS', about: "the role's longest session, 3600 to 43200 (3600)" },
  'existing-provider': { about: 'omit the identity provider: an account has only one for each issuer' },
  ...PERMISSION_OPTIONS,
};

/** Options of the pipeline file. */
export const PIPELINE_OPTIONS: OptionTable = {
  deployment: {
    value: 'NAME',
    about: "bitbucket: the deployment environment's name, for the pipeline file (production)",
  },
};

/** Reads the trust. @throws UsageError naming the option of each problem */
export function trustOf(system: ProviderId, args: ParsedArguments): Pick<Setup, 'trust' | 'scopes'> {
  return withOptionNames(args, () => {
    const { scopes, target } = trustRequest(system, args);
    return { scopes, trust: generateAll(scopes, target) };
  });
}

/** Reads the whole setup. @throws UsageError naming the option of each problem */
export function setupOf(system: ProviderId, args: ParsedArguments): Setup {
  const { trust, scopes } = trustOf(system, args);
  return withOptionNames(args, () => {
    const permissions = permissionsOf(args);
    if (permissions.length > 0) permissionPolicy(permissions, placeOf(trust));
    return {
      trust,
      scopes,
      permissions,
      roleName: args.text('role-name') ?? 'ci-deploy',
      maxSessionDuration: numberOf(args.text('max-session-duration')) ?? 3600,
      identityProvider: args.flag('existing-provider') ? 'existing' : 'create',
      region: args.text('region'),
      deployment: args.text('deployment'),
    };
  });
}

/**
 * Reads the whole setup for a pipeline file, which needs the region.
 *
 * @throws UsageError naming the option of each problem, the missing region among them
 */
export function pipelineSetupOf(system: ProviderId, args: ParsedArguments): PipelineSetup {
  const region = args.text('region');
  if (region !== undefined) return { ...setupOf(system, args), region };
  const problems: string[] = [];
  try {
    setupOf(system, args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // Permissions complain about the missing region too.
    problems.push(...error.message.split('\n').filter((line) => !line.startsWith('--region ')));
  }
  throw new UsageError([...problems, '--region is missing: the pipeline file needs it.'].join('\n'));
}

/** Account and partition in a provider's ARN. */
function placeOf({ providerArn }: GeneratedTrust): { readonly account: string; readonly partition: string } {
  const [, partition = '', , , account = ''] = providerArn.split(':');
  return { account, partition };
}

/** Runs a function of the trust-policy package. @throws UsageError with the option of each wrong field */
export function withOptionNames<T>(args: ParsedArguments, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ScopeError)) throw error;
    const lines = error.problems.map(({ field, reason }) => `${optionsOf(field, args)} ${reason}`);
    throw new UsageError([...new Set(lines)].join('\n'));
  }
}

/** Option that a field came from: `scopes[1].repositoryUuid` is the second `--repository-uuid`. */
function optionsOf(field: string, args: ParsedArguments): string {
  const [, permissionField] = /^permissions\[\d+\]\.(\w+)$/.exec(field) ?? [];
  if (permissionField === 'region') return '--region';
  if (permissionField !== undefined) return `the ${permissionField} of a permission`;
  const [, index, names = field] = /^scopes\[(\d+)\]\.(.+)$/.exec(field) ?? [];
  if (names === 'policy') return 'The policy';
  const options = names.split(' | ').map((name) => (name === 'sourceIps' ? '--source-ip' : `--${flagOf(name)}`));
  const isRepeated = args.list(flagOf(names)).length > 1;
  return `${options.join(' | ')}${index !== undefined && isRepeated ? ` (value ${Number(index) + 1})` : ''}`;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}
