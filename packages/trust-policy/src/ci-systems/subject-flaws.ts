import { capture } from '../text/capture.ts';
import { findPlaceholder } from '../text/placeholder.ts';
import { UUID } from '../text/uuid.ts';
import type { Issuer, ProviderId } from './providers.ts';

/** Something that keeps a subject in a policy from matching as meant, whatever the token. */
export interface SubjectFlaw {
  readonly id:
    | 'bitbucket-braces-missing'
    | 'bitbucket-braces-surplus'
    | 'bitbucket-slug'
    | 'bitbucket-environment-name'
    | 'bitbucket-pinned-step'
    | 'bitbucket-step-missing'
    | 'azure-three-slashes'
    | 'azure-subject-form'
    | 'github-ref-form';
  /** What the policy has and what the token has instead. */
  readonly message: string;
  readonly fix: string;
}

/** The flaw of a subject as written in a policy, or undefined. Where there are several, the one to mend first. */
export function subjectFlaw(issuer: Issuer, expected: string): SubjectFlaw | undefined {
  // What a placeholder or a policy variable stands for is not known, so neither is what is wrong with the rest.
  if (findPlaceholder(expected) !== undefined || expected.includes('${')) return undefined;
  return FLAWS[issuer.provider.id]?.(expected, issuer);
}

const FLAWS: Partial<Record<ProviderId, (expected: string, issuer: Issuer) => SubjectFlaw | undefined>> = {
  bitbucket: bitbucketFlaw,
  'azure-devops': azureFlaw,
  github: githubFlaw,
};

const REPOSITORY_ALONE = new RegExp(`^\\{${UUID}\\}$`);
const ENDS_IN_UUID = new RegExp(`^(.*):(\\{${UUID}\\})$`);

function bitbucketFlaw(expected: string): SubjectFlaw | undefined {
  if (/\{\{|\}\}/.test(expected)) {
    return {
      id: 'bitbucket-braces-surplus',
      message: `"${expected}" doubles the braces; the token has each UUID in one pair of braces`,
      fix: `Write "${expected.replaceAll(/\{+/g, '{').replaceAll(/\}+/g, '}')}".`,
    };
  }
  const braced = expected.replaceAll(new RegExp(`\\{?(${UUID})\\}?`, 'g'), '{$1}');
  if (braced !== expected) {
    return {
      id: 'bitbucket-braces-missing',
      message: `"${expected}" has a UUID without its braces; in the token's subject the braces are part of it`,
      fix: `Write "${braced}".`,
    };
  }
  return bitbucketNameFlaw(expected) ?? bitbucketEndFlaw(expected);
}

function bitbucketNameFlaw(expected: string): SubjectFlaw | undefined {
  const name = expected.split(':').find(isName);
  if (name === undefined) return undefined;
  if (expected.startsWith(name)) {
    return {
      id: 'bitbucket-slug',
      message: `"${expected}" names the repository by its slug; the token has only UUIDs: {repository UUID}[:{environment UUID}]:{step UUID}`,
      fix: 'Write the repository\'s UUID in braces, then ":*". Repository settings, OpenID Connect, shows it.',
    };
  }
  return {
    id: 'bitbucket-environment-name',
    message: `"${name}" names the deployment environment; the token has the environment's UUID in its place`,
    fix: `Write the environment's UUID in braces instead of "${name}". Repository settings, OpenID Connect, shows it.`,
  };
}

function bitbucketEndFlaw(expected: string): SubjectFlaw | undefined {
  if (REPOSITORY_ALONE.test(expected)) {
    return {
      id: 'bitbucket-step-missing',
      message: `"${expected}" ends after the repository; in the token the step's UUID follows`,
      fix: `Write "${expected}:*" with StringLike.`,
    };
  }
  const end = capture(ENDS_IN_UUID, expected);
  if (end === undefined) return undefined;
  // After the repository it may be meant for an environment; after an environment it cannot.
  const orEnvironment = REPOSITORY_ALONE.test(end(1))
    ? `, or "${expected}:*" if ${end(2)} is a deployment environment`
    : '';
  return {
    id: 'bitbucket-pinned-step',
    message: `"${expected}" ends in ${end(2)}; a token's subject ends in the UUID of its step, which is new in every run`,
    fix: `Write "${end(1)}:*" with StringLike${orEnvironment}.`,
  };
}

/** Letters or digits that are no UUID. */
function isName(part: string): boolean {
  return /[A-Za-z0-9]/.test(part.replaceAll(new RegExp(`\\{${UUID}\\}`, 'g'), ''));
}

/** All three parts, or two of them and a wildcard that may stand for the rest. */
const AZURE_SUBJECT = /^(?:sc|p):\/\/[^/]+\/(?:[^/]+\/.|.*[*?])/;

function azureFlaw(expected: string, issuer: Issuer): SubjectFlaw | undefined {
  const scheme = capture(/^(sc|p):\/\/\//, expected)?.(1);
  if (scheme !== undefined) {
    return {
      id: 'azure-three-slashes',
      message: `"${expected}" has three slashes after "${scheme}:"; the token has two, followed by the organization's name`,
      fix: `Write "${scheme}://<organization>/<project>/<${scheme === 'sc' ? 'service connection' : 'pipeline'}>".`,
    };
  }
  if (/^[*?]/.test(expected)) return undefined;
  const entra = issuer.tenantId !== undefined;
  if (entra ? expected.startsWith('/eid1/') : AZURE_SUBJECT.test(expected)) return undefined;
  const forms = entra
    ? '/eid1/…/sc/<organization id>/<service connection id>'
    : 'sc://<organization>/<project>/<service connection> or p://<organization>/<project>/<pipeline>';
  return {
    id: 'azure-subject-form',
    message: `"${expected}" is not a subject of this issuer; its tokens have ${forms}`,
    fix: `Write ${forms}, letter by letter as in the token.`,
  };
}

/** A branch without `refs/heads/`, or a ref without `ref:` before it. */
const GITHUB_REF = /^(repo:[^:]+:)(?:ref:(?!refs\/|[*?])(.+)|(refs\/.+))$/;

function githubFlaw(expected: string): SubjectFlaw | undefined {
  const parts = capture(GITHUB_REF, expected);
  if (parts === undefined) return undefined;
  return {
    id: 'github-ref-form',
    message: `"${expected}" does not name a ref as the token does: ref:refs/heads/<branch> or ref:refs/tags/<tag>`,
    fix: `Write "${parts(1)}ref:${parts(3) || `refs/heads/${parts(2)}`}".`,
  };
}

/**
 * Whether a StringLike pattern fixes what a subject is about: the repository, project, pipeline or connection. A wildcard
 * before that point admits neighbours; `repo:acme/site*` also matches `repo:acme/site-of-someone-else`.
 */
export function namesItsScope(issuer: Issuer, pattern: string): boolean {
  const wildcard = pattern.search(/[*?]/);
  if (wildcard === -1) return true;
  const literal = pattern.slice(0, wildcard);
  switch (issuer.provider.id) {
    case 'bitbucket':
      return new RegExp(`\\{${UUID}\\}`).test(pattern);
    case 'azure-devops':
      return issuer.tenantId === undefined
        ? /^(sc|p):\/\/[^/]+\/[^/]+\//.test(literal)
        : new RegExp(`/sc/${UUID}/${UUID}$`).test(pattern);
    case 'github':
      return /^repo:[^/:]+\/[^/:]+:/.test(literal);
    case 'gitlab':
      return /^project_path:[^:]+:/.test(literal);
    case 'circleci':
      return /^org\/[^/]+\/project\/[^/]+\//.test(literal);
    case 'buildkite':
      return /^organization:[^:]+:pipeline:[^:]+:/.test(literal);
    case 'hcp-terraform':
      return /^organization:[^:]+:project:[^:]+:workspace:[^:]+:/.test(literal);
  }
}
