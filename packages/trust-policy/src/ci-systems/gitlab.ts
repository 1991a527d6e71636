/** GitLab CI on gitlab.com. */
import { capture } from '../text/capture.ts';
import type { CiSystem, JobForms, SystemFacts } from './ci-system.ts';
import { exactSubjects } from './subject-condition.ts';

export const facts: SystemFacts<'gitlab'> = {
  provider: {
    id: 'gitlab',
    name: 'GitLab CI',
    issuerForms: ['https://gitlab.com'],
    subjectForms: ['project_path:<group>/<project>:ref_type:<branch or tag>:ref:<ref>'],
    audience: 'what `id_tokens: <name>: aud` asks for',
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

export const jobs: JobForms<GitLabSubject> = {
  parseSubject,
  scopeFields: ['projectPath', 'branch', 'tag', 'audience'],
  planTrust(fields) {
    const kind = fields.exactlyOne(['branch', 'tag']);
    return {
      issuer: 'https://gitlab.com',
      audience: fields.name('audience'),
      subject: exactSubjects(
        `project_path:${fields.name('projectPath', ':')}:ref_type:${kind}:ref:${fields.name(kind)}`,
      ),
      notes: ['Protect the branch or tag in GitLab: whoever may push to it may assume the role.'],
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

export const system: CiSystem = {
  namesScope: (_, literal) => /^(?:project_path:[^:]+|project_id:\d+):/.test(literal),
  // A project can have its subject begin with its id (GitLab docs, `ci_id_token_sub_claim_components`).
  ownerSubject: /^(?:project_path:[^/:]+\/|(?:project_id|namespace_id):\d+:)/,
  scopeClaims: { owner: ['namespace_id'], scope: ['project_id'] },
};

function parseSubject(sub: string): GitLabSubject | undefined {
  const group = capture(SUBJECT, sub);
  return group && { provider: 'gitlab', kind: 'ref', projectPath: group(1), refType: group(2), ref: group(3) };
}
