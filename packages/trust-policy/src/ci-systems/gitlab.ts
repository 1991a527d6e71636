/** GitLab CI on gitlab.com. */
import { capture } from '../text/capture.ts';
import type { CiSystem, JobForms, LevelForm, SystemFacts } from './ci-system.ts';
import { exactSubjects } from './subject-condition.ts';

export const facts: SystemFacts<'gitlab'> = {
  provider: {
    id: 'gitlab',
    name: 'GitLab CI',
    issuerForms: ['https://gitlab.com'],
    subjectForms: ['project_path:<group>/<project>:ref_type:<branch or tag>:ref:<ref>'],
    audience: 'the value of `id_tokens: <name>: aud`',
    conditionClaims: [
      'namespace_id',
      'pipeline_source',
      'project_id',
      'ref_protected',
      'runner_environment',
      'user_access_level',
      'user_email',
      'user_id',
      'user_login',
    ],
    sharedIssuer: true,
  },
  issuers: [/^gitlab\.com$/],
  guardedIssuer: 'gitlab.com',
};

/** A GitLab project and exactly one branch or tag. */
export type GitLabScope = {
  readonly provider: 'gitlab';
  /** Path with its groups, e.g. `acme/platform/site`. */
  readonly projectPath: string;
  /** Audience that `id_tokens: <name>: aud` asks for. */
  readonly audience: string;
} & ({ readonly branch: string; readonly tag?: undefined } | { readonly tag: string; readonly branch?: undefined });

/** Names of groups and projects in a path. GitLab refuses these endings. */
const NAME = '[A-Za-z0-9_][A-Za-z0-9_.-]*(?<!\\.|\\.git|\\.atom)';
const PROJECT_PATH = {
  form: /* @__PURE__ */ new RegExp(`^${NAME}(?:/${NAME})+$`),
  is: 'the path of the project with its groups, such as acme/site',
};

export const jobs: JobForms<GitLabSubject> = {
  parseSubject,
  scopeFields: ['projectPath', 'branch', 'tag', 'audience'],
  planTrust(fields) {
    const kind = fields.exactlyOne(['branch', 'tag']);
    return {
      issuer: 'https://gitlab.com',
      audience: fields.name('audience'),
      subject: exactSubjects(
        `project_path:${fields.formedName('projectPath', PROJECT_PATH)}:ref_type:${kind}:ref:${fields.ref(kind)}`,
      ),
      notes: ['Protect the branch or tag in GitLab: everyone who may push to it may assume the role.'],
    };
  },
};

export interface GitLabSubject {
  readonly provider: 'gitlab';
  readonly kind: 'ref';
  readonly projectPath: string;
  readonly refType: string;
  readonly ref: string;
}

const SUBJECT = /^project_path:([^:]+):ref_type:([^:]+):ref:(.+)$/s;

const LEVELS: LevelForm = {
  contextAtEnd: /:(ref_type:[^*?].*)$/s,
  owner: 'group',
  scope: 'project',
  parse(subject) {
    const group = capture(/^project_path:([^/:]+)(?:\/([^:]+))?(?::(.+))?$/s, subject);
    if (group === undefined) return undefined;
    return {
      owner: group(1),
      ...(group(2) === '' ? {} : { scope: group(2) }),
      ...(group(3) === '' ? {} : { context: group(3) }),
    };
  },
  compareContexts(expected, observed) {
    const target = contextName(expected);
    return {
      detail: `The policy wants ${target}, but the job runs for ${contextName(observed)}`,
      jobChange: {
        fix: `Run the job for ${target}.`,
        alternative: `admit ${contextName(observed)} as well, without ${target}`,
      },
    };
  },
};

export const system: CiSystem = {
  namesScope: (_, literal) => /^(?:project_path:[^:]+|project_id:\d+):/.test(literal),
  // A project can have its subject begin with its id (GitLab docs, `ci_id_token_sub_claim_components`).
  ownerSubject: /^(?:project_path:[^/:]+\/|(?:project_id|namespace_id):\d+:)/,
  scopeClaims: { owner: ['namespace_id'], scope: ['project_id'] },
  levels: LEVELS,
  ownerNames: ['namespace_path', 'project_path'],
  renamable: 'group or project',
  narrowerJob(sub) {
    const subject = parseSubject(sub);
    return (
      subject && {
        lacks: `This job runs for the ${subject.refType} "${subject.ref}".`,
        fix: "If the role trusts another branch or tag, e.g. a protected one, run the job there. Don't widen the trust policy.",
      }
    );
  },
};

/** Names what a job runs for, or a pattern for it. */
function contextName(context: string): string {
  const group = capture(/^ref_type:([^:]+):ref:(.+)$/s, context);
  return group === undefined ? `"${context}"` : `the ${group(1)} "${group(2)}"`;
}

function parseSubject(sub: string): GitLabSubject | undefined {
  const group = capture(SUBJECT, sub);
  return group && { provider: 'gitlab', kind: 'ref', projectPath: group(1), refType: group(2), ref: group(3) };
}
