import { issuerPath } from '../policy/arn.ts';
import { UUID } from '../text/uuid.ts';

/** CI systems whose tokens this package knows. */
export type ProviderId =
  | 'bitbucket'
  | 'azure-devops'
  | 'github'
  | 'gitlab'
  | 'circleci'
  | 'buildkite'
  | 'hcp-terraform';

/** What is known of a CI system's identity tokens. */
export interface Provider {
  readonly id: ProviderId;
  /** For people, e.g. `Bitbucket Pipelines`. */
  readonly name: string;
  /** Issuer URLs, with the variable parts in angle brackets. */
  readonly issuerForms: readonly string[];
  /** Subjects, with the variable parts in angle brackets and optional ones in square brackets. */
  readonly subjectForms: readonly string[];
  /** What the `aud` claim holds, as a sentence part. */
  readonly audience: string;
  /**
   * Claims IAM offers as condition keys besides the default `sub`, `aud`, `amr`, `email` and `oaud`. Bitbucket and Azure
   * DevOps have none: conditions on any other of their claims never match (Service Authorization Reference for STS).
   */
  readonly conditionClaims: readonly string[];
  /**
   * Whether all customers share one issuer. IAM itself refuses to store a policy for such an issuer without a condition
   * on the subject; for the others only our lint insists.
   */
  readonly sharedIssuer: boolean;
}

/** An issuer, recognised. */
export interface Issuer {
  readonly provider: Provider;
  /** The issuer as provider ARNs and condition keys write it: without the scheme. */
  readonly path: string;
  /** An emulator on this machine rather than the provider itself. */
  readonly local: boolean;
  /** Bitbucket: the workspace slug. */
  readonly workspace?: string;
  /** Azure DevOps: the organization id. CircleCI: the organization id. */
  readonly organizationId?: string;
  /** Azure DevOps connections on the Microsoft Entra issuer: the tenant id. */
  readonly tenantId?: string;
}

const GITHUB_CLAIMS = [
  'actor',
  'actor_id',
  'enterprise_id',
  'environment',
  'job_workflow_ref',
  'ref',
  'repository',
  'repository_id',
  'repository_owner_id',
  'workflow',
] as const;

const GITLAB_CLAIMS = [
  'namespace_id',
  'pipeline_source',
  'project_id',
  'ref_protected',
  'runner_environment',
  'user_access_level',
  'user_email',
  'user_id',
  'user_login',
] as const;

const BUILDKITE_CLAIMS = [
  'build_branch',
  'cluster_id',
  'cluster_name',
  'organization_id',
  'organization_slug',
  'pipeline_id',
  'pipeline_slug',
] as const;

const TABLE = {
  bitbucket: {
    id: 'bitbucket',
    name: 'Bitbucket Pipelines',
    issuerForms: ['https://api.bitbucket.org/2.0/workspaces/<workspace slug>/pipelines-config/identity/oidc'],
    subjectForms: ['{<repository UUID>}[:{<deployment environment UUID>}]:{<step UUID>}'],
    audience: 'ari:cloud:bitbucket::workspace/<workspace UUID without braces>',
    conditionClaims: [],
    sharedIssuer: false,
  },
  'azure-devops': {
    id: 'azure-devops',
    name: 'Azure DevOps',
    issuerForms: [
      'https://vstoken.dev.azure.com/<organization id>',
      'https://login.microsoftonline.com/<tenant id>/v2.0',
    ],
    subjectForms: [
      'sc://<organization>/<project>/<service connection>',
      'p://<organization>/<project>/<pipeline>',
      '/eid1/c/pub/t/<tenant>/a/<application>/sc/<organization id>/<service connection id>',
    ],
    audience: 'api://AzureADTokenExchange',
    conditionClaims: [],
    sharedIssuer: false,
  },
  github: {
    id: 'github',
    name: 'GitHub Actions',
    issuerForms: [
      'https://token.actions.githubusercontent.com',
      'https://token.actions.githubusercontent.com/<enterprise>',
      'https://token.actions.<enterprise>.ghe.com',
    ],
    subjectForms: [
      'repo:<owner>/<repository>:environment:<environment>',
      'repo:<owner>/<repository>:ref:<ref>',
      'repo:<owner>/<repository>:pull_request',
      'repo:<owner>@<owner id>/<repository>@<repository id>:…',
    ],
    audience: 'sts.amazonaws.com, or what the workflow asks for',
    conditionClaims: GITHUB_CLAIMS,
    sharedIssuer: true,
  },
  gitlab: {
    id: 'gitlab',
    name: 'GitLab CI',
    issuerForms: ['https://gitlab.com'],
    subjectForms: ['project_path:<group>/<project>:ref_type:<branch or tag>:ref:<ref>'],
    audience: 'what `id_tokens: <name>: aud` asks for',
    conditionClaims: GITLAB_CLAIMS,
    sharedIssuer: true,
  },
  circleci: {
    id: 'circleci',
    name: 'CircleCI',
    issuerForms: ['https://oidc.circleci.com/org/<organization id>'],
    subjectForms: ['org/<organization id>/project/<project id>/user/<user id>[/vcs-origin/<origin>/vcs-ref/<ref>]'],
    audience: 'the organization id',
    conditionClaims: ['oidc.circleci.com/project-id'],
    sharedIssuer: false,
  },
  buildkite: {
    id: 'buildkite',
    name: 'Buildkite',
    issuerForms: ['https://agent.buildkite.com'],
    subjectForms: ['organization:<organization>:pipeline:<pipeline>:ref:<ref>:commit:<commit>:step:<step>'],
    audience: 'sts.amazonaws.com, or what `buildkite-agent oidc request-token --audience` asks for',
    conditionClaims: BUILDKITE_CLAIMS,
    sharedIssuer: true,
  },
  'hcp-terraform': {
    id: 'hcp-terraform',
    name: 'HCP Terraform',
    issuerForms: ['https://app.terraform.io'],
    subjectForms: ['organization:<organization>:project:<project>:workspace:<workspace>:run_phase:<plan or apply>'],
    audience: 'aws.workload.identity, or TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE',
    conditionClaims: [],
    sharedIssuer: true,
  },
} as const satisfies Record<ProviderId, Provider>;

/** All known providers. */
export const PROVIDERS: readonly Provider[] = Object.values(TABLE);

/** The provider of that id. */
export function provider(id: ProviderId): Provider {
  return TABLE[id];
}

/**
 * Issuers shared by all customers of a service, for which IAM refuses to store a trust policy without a condition on the
 * given key (IAM guide, "secure by default" for shared identity providers). It looks only when the policy is stored.
 */
const GUARDED: ReadonlyMap<string, 'sub' | 'aud'> = new Map([
  ['token.actions.githubusercontent.com', 'sub'],
  ['vstoken.actions.githubusercontent.com', 'sub'],
  ['oidc-configuration.audit-log.githubusercontent.com', 'sub'],
  ['gitlab.com', 'sub'],
  ['agent.buildkite.com', 'sub'],
  ['app.terraform.io', 'sub'],
  ['oidc.codefresh.io', 'sub'],
  ['studio.datachain.ai/api', 'sub'],
  ['scalr.io', 'sub'],
  ['tokens.cloud.shisho.dev', 'sub'],
  ['proidc.upbound.io', 'sub'],
  ['api.pulumi.com/oidc', 'aud'],
  ['sandboxes.cloud', 'aud'],
  ['oidc.vercel.com', 'aud'],
]);

/** The claim IAM insists on for this issuer, with or without its scheme; undefined where it insists on none. */
export function guardedClaim(issuer: string): 'sub' | 'aud' | undefined {
  return GUARDED.get(issuerPath(issuer));
}

/** Host and port of a server on this machine, where the project's emulator runs. */
const LOOPBACK = String.raw`(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d{1,5})?`;

interface IssuerRule {
  readonly id: ProviderId;
  /** Its named groups are those members of Issuer. */
  readonly form: RegExp;
  readonly local?: true;
}

const BITBUCKET_PATH = String.raw`/2\.0/workspaces/(?<workspace>[^/:{}]+)/pipelines-config/identity/oidc`;

/** All expressions are anchored and without nested repetition, so they are safe on untrusted text. */
const RULES: readonly IssuerRule[] = [
  { id: 'bitbucket', form: new RegExp(`^api\\.bitbucket\\.org${BITBUCKET_PATH}$`) },
  { id: 'bitbucket', form: new RegExp(`^${LOOPBACK}${BITBUCKET_PATH}$`), local: true },
  { id: 'azure-devops', form: new RegExp(`^vstoken\\.dev\\.azure\\.com/(?<organizationId>${UUID})$`) },
  { id: 'azure-devops', form: new RegExp(`^${LOOPBACK}/vstoken/(?<organizationId>${UUID})$`), local: true },
  { id: 'azure-devops', form: new RegExp(`^login\\.microsoftonline\\.com/(?<tenantId>${UUID})/v2\\.0$`) },
  { id: 'github', form: /^token\.actions\.githubusercontent\.com(?:\/[^/:]+)?$/ },
  { id: 'github', form: /^token\.actions\.[a-zA-Z0-9-]+\.ghe\.com$/ },
  { id: 'github', form: new RegExp(`^${LOOPBACK}/github$`), local: true },
  { id: 'gitlab', form: /^gitlab\.com$/ },
  { id: 'circleci', form: new RegExp(`^oidc\\.circleci\\.com/org/(?<organizationId>${UUID})$`) },
  { id: 'buildkite', form: /^agent\.buildkite\.com$/ },
  { id: 'hcp-terraform', form: /^app\.terraform\.io$/ },
];

/**
 * Recognises an issuer URL, or the same without its scheme as in a provider ARN. On loopback hosts the emulator's issuers
 * are recognised by their path. Undefined for any other issuer.
 */
export function recogniseIssuer(issuer: string): Issuer | undefined {
  const path = issuerPath(issuer);
  for (const { id, form, local } of RULES) {
    const match = form.exec(path);
    if (match !== null) return { provider: TABLE[id], path, local: local === true, ...match.groups };
  }
  return undefined;
}
