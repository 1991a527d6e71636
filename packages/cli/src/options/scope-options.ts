import { type GenerateRequest, PROVIDERS, type ProviderId, scopeFields } from '@aws-oidc-assume/trust-policy';
import { flagOf, type OptionTable, type ParsedArguments } from '../cli/command.ts';
import { UsageError } from '../cli/usage-error.ts';

const SCOPE_ABOUT: Readonly<Record<string, string>> = {
  workspace: 'slug of the Bitbucket workspace; name of the HCP Terraform workspace',
  workspaceUuid: "the workspace's UUID",
  repositoryUuid: "the repository's UUID",
  deploymentEnvironmentUuid: "the deployment environment's UUID, to admit only its steps",
  organizationId: 'id (GUID) of the Azure DevOps or CircleCI organization',
  organization: 'name of the organization',
  project: 'name of the project',
  serviceConnection: 'name of the service connection',
  pipeline: 'name of the pipeline',
  owner: 'owner of the repository',
  repository: 'name of the repository',
  ownerId: "the owner's id, for repositories created, renamed or moved since mid-2026",
  repositoryId: "the repository's id, for the same repositories",
  environment: 'name of the deployment environment',
  branch: 'the branch',
  tag: 'the tag',
  pullRequest: 'pull requests instead of a branch',
  audience: 'audience that the job requests',
  projectPath: 'path of the GitLab project with its groups',
  projectId: 'id of the CircleCI project',
  runPhase: 'plan or apply; both by default',
};

const SWITCHES = new Set(['pullRequest']);

/** Fields of a scope as options, each with the systems that have it. */
export const SCOPE_OPTIONS: OptionTable = Object.fromEntries(
  Object.entries(SCOPE_ABOUT).map(([field, about]) => {
    const systems = PROVIDERS.filter(({ id }) => scopeFields(id).includes(field)).map(({ id }) => id);
    const shown = `${systems.join(', ')}: ${about}`;
    return [flagOf(field), SWITCHES.has(field) ? { about: shown } : { about: shown, value: 'VALUE' }];
  }),
);

/** Returns the request for `generate`. @throws UsageError for an option of another system */
export function requestOf(system: ProviderId, args: ParsedArguments): GenerateRequest {
  const fields = scopeFields(system);
  const foreign = Object.keys(SCOPE_ABOUT).find(
    (field) => !fields.includes(field) && (args.text(flagOf(field)) !== undefined || args.flag(flagOf(field))),
  );
  if (foreign !== undefined)
    throw new UsageError(
      `--${flagOf(foreign)} is not an option for ${system}. Allowed are ${fields.map((field) => `--${flagOf(field)}`).join(', ')}.`,
    );
  const values = fields.flatMap((field): [string, string | true][] => {
    if (SWITCHES.has(field)) return args.flag(flagOf(field)) ? [[field, true]] : [];
    const value = args.text(flagOf(field));
    return value === undefined ? [] : [[field, value]];
  });
  const common = ['account', 'partition', 'issuer'].flatMap((field): [string, string][] => {
    const value = args.text(field);
    return value === undefined ? [] : [[field, value]];
  });
  const sourceIps = args.list('source-ip');
  // `generate` checks every field itself and reports all problems at once.
  return {
    provider: system,
    ...Object.fromEntries([...values, ...common]),
    ...(sourceIps.length === 0 ? {} : { sourceIps }),
  } as unknown as GenerateRequest;
}
