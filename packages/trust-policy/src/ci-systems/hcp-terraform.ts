/** HCP Terraform. */
import { capture } from '../text/capture.ts';
import type { CiSystem, JobForms, LevelForm, SystemFacts } from './ci-system.ts';
import { exactSubjects } from './subject-condition.ts';

export const facts: SystemFacts<'hcp-terraform'> = {
  provider: {
    id: 'hcp-terraform',
    name: 'HCP Terraform',
    issuerForms: ['https://app.terraform.io'],
    subjectForms: ['organization:<organization>:project:<project>:workspace:<workspace>:run_phase:<plan or apply>'],
    audience: 'aws.workload.identity, or TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE',
    conditionClaims: [],
    sharedIssuer: true,
  },
  issuers: [/^app\.terraform\.io$/],
  guardedIssuer: 'app.terraform.io',
};

/** A workspace of HCP Terraform. Without a phase, both plan and apply. */
export interface HcpTerraformScope {
  readonly provider: 'hcp-terraform';
  readonly organization: string;
  readonly project: string;
  readonly workspace: string;
  readonly runPhase?: 'plan' | 'apply';
  /** Default `aws.workload.identity`. */
  readonly audience?: string;
}

const NAME = { form: /^[A-Za-z0-9_-]+$/, is: 'the name, of letters, digits, "-" and "_"' };
const PROJECT = { form: /^[A-Za-z0-9 _-]+$/, is: 'the name, of letters, digits, blanks, "-" and "_"' };

export const jobs: JobForms<HcpTerraformSubject> = {
  parseSubject,
  scopeFields: ['organization', 'project', 'workspace', 'runPhase', 'audience'],
  planTrust(fields) {
    const organization = fields.formedName('organization', NAME);
    const project = fields.formedName('project', PROJECT);
    const name = fields.formedName('workspace', NAME);
    const workspace = `organization:${organization}:project:${project}:workspace:${name}`;
    const phases = fields.has('runPhase')
      ? [fields.matching('runPhase', /^(?:plan|apply)$/, 'must be plan or apply')]
      : ['apply', 'plan'];
    return {
      issuer: 'https://app.terraform.io',
      audience: fields.has('audience') ? fields.name('audience') : 'aws.workload.identity',
      subject: exactSubjects(...phases.map((phase) => `${workspace}:run_phase:${phase}`)),
      notes: ['Plans run on every pull request; give plan and apply separate roles if plans must not write.'],
    };
  },
};

export interface HcpTerraformSubject {
  readonly provider: 'hcp-terraform';
  readonly kind: 'run';
  readonly organization: string;
  readonly project: string;
  readonly workspace: string;
  readonly runPhase: string;
}

const SUBJECT = /^organization:([^:]+):project:([^:]+):workspace:([^:]+):run_phase:([^:]+)$/;

/** Workspaces and the deployments of stacks. */
const LEVELS: LevelForm = {
  contextAtEnd: /:(?:run_phase|operation):([^:*?]+)$/,
  owner: 'organization',
  scope: 'workspace or deployment',
  parse(subject) {
    const group = capture(
      /^organization:([^:]+)(?::(project:[^:]+:(?:workspace|stack):[^:]+(?::deployment:[^:]+)?)(?::(?:run_phase|operation):(.+))?)?/,
      subject,
    );
    if (group === undefined) return undefined;
    return {
      owner: group(1),
      ...(group(2) === '' ? {} : { scope: group(2) }),
      ...(group(3) === '' ? {} : { context: group(3) }),
    };
  },
  compareContexts: (expected, observed) => ({
    detail: `The policy wants the phase "${expected}", but the run is in the phase "${observed}"`,
    jobChange: {
      fix: `Assume this role only in the phase "${expected}", and give "${observed}" its own role.`,
      alternative: `admit the phase "${observed}" as well`,
    },
  }),
};

export const system: CiSystem = {
  namesScope: (_, literal) => /^organization:[^:]+:project:[^:]+:(?:workspace|stack):[^:]+:/.test(literal),
  ownerSubject: /^organization:[^:]+:/,
  levels: LEVELS,
  ownerNames: ['terraform_organization_name'],
  renamable: 'organization, project, or workspace',
  narrowerJob: (sub) =>
    LEVELS.parse(sub)?.context === 'plan'
      ? {
          lacks: 'This run is a plan.',
          fix: "If the role trusts only the apply phase, give plans their own role (TFC_AWS_PLAN_ROLE_ARN). Don't widen the trust policy.",
        }
      : undefined,
};

function parseSubject(sub: string): HcpTerraformSubject | undefined {
  const group = capture(SUBJECT, sub);
  if (group === undefined) return undefined;
  return {
    provider: 'hcp-terraform',
    kind: 'run',
    organization: group(1),
    project: group(2),
    workspace: group(3),
    runPhase: group(4),
  };
}
