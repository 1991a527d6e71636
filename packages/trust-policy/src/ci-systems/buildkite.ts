/** Buildkite. */
import { literalInLike } from '../policy/literal.ts';
import { capture } from '../text/capture.ts';
import { UUID } from '../text/uuid.ts';
import type { CiSystem, JobForms, LevelForm, SystemFacts } from './ci-system.ts';
import { subjectsLike } from './subject-condition.ts';
import { admitsText, refName } from './subject-levels.ts';

export const facts: SystemFacts<'buildkite'> = {
  provider: {
    id: 'buildkite',
    name: 'Buildkite',
    issuerForms: ['https://agent.buildkite.com'],
    subjectForms: ['organization:<organization>:pipeline:<pipeline>:ref:<ref>:commit:<commit>:step:<step>'],
    audience: 'sts.amazonaws.com, or the value of `buildkite-agent oidc request-token --audience`',
    conditionClaims: [
      'build_branch',
      'cluster_id',
      'cluster_name',
      'organization_id',
      'organization_slug',
      'pipeline_id',
      'pipeline_slug',
    ],
    sharedIssuer: true,
  },
  issuers: [/^agent\.buildkite\.com$/],
  guardedIssuer: 'agent.buildkite.com',
};

/** A branch of a Buildkite pipeline. */
export interface BuildkiteScope {
  readonly provider: 'buildkite';
  readonly organization: string;
  readonly pipeline: string;
  readonly branch: string;
  /** Default `sts.amazonaws.com`. */
  readonly audience?: string;
}

const SLUG = { form: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, is: 'the slug, as in the URL' };

export const jobs: JobForms<BuildkiteSubject> = {
  parseSubject,
  scopeFields: ['organization', 'pipeline', 'branch', 'audience'],
  planTrust: (fields) => ({
    issuer: 'https://agent.buildkite.com',
    audience: fields.has('audience') ? fields.name('audience') : 'sts.amazonaws.com',
    subject: subjectsLike(
      branchPattern(
        fields.formedName('organization', SLUG),
        fields.formedName('pipeline', SLUG),
        `refs/heads/${fields.ref('branch')}`,
      ),
    ),
    notes: ['Every commit and step of builds of this branch may assume the role.'],
  }),
};

export interface BuildkiteSubject {
  readonly provider: 'buildkite';
  readonly kind: 'step';
  readonly organization: string;
  readonly pipeline: string;
  readonly ref: string;
  readonly commit: string;
  readonly step: string;
}

const LEVELS: LevelForm = {
  contextAtEnd: /:(ref:[^*?].*)$/s,
  owner: 'organization',
  scope: 'pipeline',
  parse(subject) {
    const group = capture(/^organization:([^:]+)(?::pipeline:([^:]+)(?::(.+))?)?/s, subject);
    if (group === undefined) return undefined;
    return {
      owner: group(1),
      ...(group(2) === '' ? {} : { scope: group(2) }),
      ...(group(3) === '' ? {} : { context: group(3) }),
    };
  },
  compareContexts(expected, observed) {
    const [wantedRef, observedRef] = [expected, observed].map((context) => capture(/^ref:([^:]+)/, context)?.(1) ?? '');
    if (wantedRef !== undefined && observedRef !== undefined && !admitsText(wantedRef, observedRef, true)) {
      return {
        detail: `The policy wants ${refName(wantedRef)}, but the build runs for ${refName(observedRef)}`,
        jobChange: {
          fix: `Run the build for ${refName(wantedRef)}.`,
          alternative: `admit ${refName(observedRef)} as well, without ${refName(wantedRef)}`,
        },
      };
    }
    return {
      detail: `The policy wants "${expected}", but the build runs for "${observed}"`,
      jobChange: {
        fix: 'Assume the role in that commit or step.',
        alternative: `admit every commit and step on ${refName(observedRef ?? '')}`,
      },
    };
  },
};

export const system: CiSystem = {
  namesScope: (_, literal) => /^organization:[^:]+:pipeline:[^:]+:/.test(literal),
  openPattern(sub) {
    const subject = parseSubject(sub);
    return subject && branchPattern(subject.organization, subject.pipeline, subject.ref);
  },
  // Jobs can request a subject that is only the id of the organization, pipeline or cluster (`--subject-claim`).
  ownerSubject: /* @__PURE__ */ new RegExp(`^(?:organization:[^:]+:|${UUID}:$)`),
  scopeClaims: { owner: ['organization_id', 'organization_slug', 'cluster_id'], scope: ['pipeline_id'] },
  openJobs(sub) {
    const subject = parseSubject(sub);
    return (
      subject &&
      `every commit and step of the pipeline "${subject.organization}/${subject.pipeline}" on ${refName(subject.ref)}`
    );
  },
  levels: LEVELS,
  ownerNames: ['organization_slug'],
  renamable: 'organization or pipeline',
  narrowerJob(sub) {
    const subject = parseSubject(sub);
    return (
      subject && {
        lacks: `This build runs for ${refName(subject.ref)}.`,
        fix: "If the role trusts another branch, run the build there. Don't widen the trust policy.",
      }
    );
  },
};

/** Pattern for all commits and steps of one ref. */
function branchPattern(organization: string, pipeline: string, ref: string): string {
  return `${literalInLike(`organization:${organization}:pipeline:${pipeline}:ref:${ref}:`)}*`;
}

const SUBJECT = /^organization:([^:]+):pipeline:([^:]+):ref:([^:]+):commit:([^:]+):step:(.*)$/s;

function parseSubject(sub: string): BuildkiteSubject | undefined {
  const group = capture(SUBJECT, sub);
  if (group === undefined) return undefined;
  return {
    provider: 'buildkite',
    kind: 'step',
    organization: group(1),
    pipeline: group(2),
    ref: group(3),
    commit: group(4),
    step: group(5),
  };
}
