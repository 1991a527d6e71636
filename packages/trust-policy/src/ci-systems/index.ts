/**
 * The registry of CI systems. Each file exports `facts`, `system` and `jobs`, and `causes` if it has its own. They are in
 * separate tables so that a bundle contains only the ones it uses.
 */
import * as azureDevOps from './azure-devops.ts';
import * as bitbucket from './bitbucket.ts';
import * as buildkite from './buildkite.ts';
import type { CiSystem, JobForms, SystemFacts } from './ci-system.ts';
import * as circleci from './circleci.ts';
import * as github from './github.ts';
import * as gitlab from './gitlab.ts';
import * as hcpTerraform from './hcp-terraform.ts';

/** Facts of every CI system whose tokens this package knows, in the order of the documentation. */
export const FACTS = {
  bitbucket: bitbucket.facts,
  'azure-devops': azureDevOps.facts,
  github: github.facts,
  gitlab: gitlab.facts,
  circleci: circleci.facts,
  buildkite: buildkite.facts,
  'hcp-terraform': hcpTerraform.facts,
} satisfies Record<string, SystemFacts<string>>;

/** Id of a CI system. */
export type ProviderId = keyof typeof FACTS;

const SYSTEMS = {
  bitbucket: bitbucket.system,
  'azure-devops': azureDevOps.system,
  github: github.system,
  gitlab: gitlab.system,
  circleci: circleci.system,
  buildkite: buildkite.system,
  'hcp-terraform': hcpTerraform.system,
} satisfies Record<ProviderId, CiSystem<string>>;

const JOBS = {
  bitbucket: bitbucket.jobs,
  'azure-devops': azureDevOps.jobs,
  github: github.jobs,
  gitlab: gitlab.jobs,
  circleci: circleci.jobs,
  buildkite: buildkite.jobs,
  'hcp-terraform': hcpTerraform.jobs,
} satisfies Record<ProviderId, JobForms<object>>;

/** The jobs that a trust policy admits. */
export type TrustScope =
  | bitbucket.BitbucketScope
  | azureDevOps.AzureDevOpsScope
  | github.GitHubScope
  | gitlab.GitLabScope
  | circleci.CircleCiScope
  | buildkite.BuildkiteScope
  | hcpTerraform.HcpTerraformScope;

/** Returns the causes of a refusal that only one CI system has, each with one sentence for the documentation. */
export function systemCauses() {
  return { ...bitbucket.causes, ...azureDevOps.causes, ...github.causes };
}

/** A parsed `sub` claim. */
export type Subject = NonNullable<ReturnType<(typeof JOBS)[ProviderId]['parseSubject']>>;

type SystemCause = keyof ReturnType<typeof systemCauses>;

export function isProviderId(text: string): text is ProviderId {
  return Object.hasOwn(FACTS, text);
}

export function ciSystem(id: ProviderId): CiSystem<SystemCause> {
  return SYSTEMS[id];
}

export function allCiSystems(): readonly CiSystem<SystemCause>[] {
  return Object.values(SYSTEMS);
}

/** Returns undefined for an id that a caller without type checks made up. */
export function jobForms(id: string): JobForms<Subject> | undefined {
  return isProviderId(id) ? JOBS[id] : undefined;
}

/** Returns the names of a scope's fields, without `provider`. */
export function scopeFields(id: ProviderId): readonly string[] {
  return JOBS[id].scopeFields;
}
