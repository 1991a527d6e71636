import {
  PROVIDERS,
  type ProviderId,
  scopeFields,
  type TrustScope,
  type TrustTarget,
} from '@aws-oidc-assume/trust-policy';
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
  vcsOrigin: 'host and path of the repository, such as github.com/acme/site, to refuse builds of forks',
};

const SWITCHES = new Set(['pullRequest']);

/** Fields of a scope as options, each with the systems that have it. */
export const SCOPE_OPTIONS: OptionTable = Object.fromEntries(
  Object.entries(SCOPE_ABOUT).map(([field, about]) => {
    const systems = PROVIDERS.filter(({ id }) => scopeFields(id).includes(field)).map(({ id }) => id);
    const systemNote = `${systems.join(', ')}: ${about}`;
    return [
      flagOf(field),
      SWITCHES.has(field) ? { about: systemNote } : { about: systemNote, value: 'VALUE', multiple: true },
    ];
  }),
);

/** Explains repeated options. */
export const SEVERAL_SCOPES =
  'Give an option of the scope several times for several repositories, environments, connections or pipelines. An option that is given once holds for all of them; the others must be given equally often and belong together by their order.';

/** Jobs that the role is for, and the account and limits of its trust policy. */
export interface TrustRequest {
  readonly scopes: readonly TrustScope[];
  readonly target: TrustTarget;
}

/** Reads what to generate. @throws UsageError for an option of another system */
export function trustRequest(system: ProviderId, args: ParsedArguments): TrustRequest {
  const fields = scopeFields(system);
  const foreign = Object.keys(SCOPE_ABOUT).find(
    (field) => !fields.includes(field) && (args.list(flagOf(field)).length > 0 || args.flag(flagOf(field))),
  );
  if (foreign !== undefined) {
    throw new UsageError(
      `--${flagOf(foreign)} is not an option for ${system}. Allowed are ${fields.map((field) => `--${flagOf(field)}`).join(', ')}.`,
    );
  }
  const common = ['account', 'partition', 'issuer'].flatMap((field): [string, string][] => {
    const value = args.text(field);
    return value === undefined ? [] : [[field, value]];
  });
  const sourceIps = args.list('source-ip');
  const target = { ...Object.fromEntries(common), ...(sourceIps.length === 0 ? {} : { sourceIps }) };
  // `generateAll` itself checks every field, and names all missing or wrong ones.
  return { scopes: scopesOf(system, fields, args), target } as unknown as TrustRequest;
}

function scopesOf(system: ProviderId, fields: readonly string[], args: ParsedArguments): object[] {
  const lists = fields
    .filter((field) => !SWITCHES.has(field))
    .map((field) => [field, args.list(flagOf(field))] as const);
  const several = lists.filter(([, values]) => values.length > 1);
  const [[, first] = ['', ['']]] = several;
  const other = several.find(([, values]) => values.length !== first.length);
  if (other !== undefined) {
    const counts = several.map(([field, values]) => `--${flagOf(field)} ${values.length} times`);
    throw new UsageError(`${counts.join(' and ')}: give each of them once, or all of them equally often.`);
  }
  const switches = fields.filter((field) => SWITCHES.has(field) && args.flag(flagOf(field)));
  return first.map((_, index) => ({
    provider: system,
    ...Object.fromEntries(switches.map((field) => [field, true])),
    ...Object.fromEntries(
      lists.flatMap(([field, values]) => {
        const value = values.length > 1 ? values[index] : values[0];
        return value === undefined ? [] : [[field, value]];
      }),
    ),
  }));
}
