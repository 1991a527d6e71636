import { Failure, IdentityToken, type RunIdentity } from '@aws-oidc-assume/shared';
import { parseSubject, recogniseIssuer } from '@aws-oidc-assume/trust-policy';
import type { Job } from './job.ts';

/**
 * A token at hand, from a file, a variable or standard input. Which run it belongs to is read from its claims.
 * @throws Failure `TokenMalformed`
 */
export function givenToken(text: string, origin: string): Job {
  const token = parseToken(text, origin);
  return {
    name: recogniseIssuer(token.issuer ?? '')?.provider.name ?? 'CI',
    origin,
    renewsToken: false,
    run: runOf(token),
    identityToken: async () => token,
  };
}

/** @throws Failure `TokenMalformed`, which says where to look */
export function parseToken(text: string, origin: string): IdentityToken {
  try {
    return IdentityToken.parse(text);
  } catch (error) {
    const changes = [`Check that ${origin} holds the identity token itself, whole and unquoted.`];
    throw Failure.from(error).with({ changes });
  }
}

/** As much of the run as the claims tell; enough for a session name that leads somewhere. */
function runOf(token: IdentityToken): RunIdentity {
  const issuer = recogniseIssuer(token.issuer ?? '');
  const subject = parseSubject(token.issuer ?? '', token.subject ?? '');
  const claim = (name: string) => {
    const value = token.claims[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  switch (subject?.provider) {
    case 'bitbucket':
      return {
        system: 'bitbucket',
        owner: issuer?.workspace ?? '',
        repository: subject.repositoryUuid,
        build: claim('pipelineUuid').replace(/[{}]/g, '').slice(0, 8),
        step: subject.stepUuid,
      };
    case 'azure-devops': {
      if (subject.kind === 'entra-service-connection') break;
      const { organization, project } = subject;
      return { system: 'azure', owner: organization, repository: project, build: claim('run_id'), step: '' };
    }
    case 'github':
      return {
        system: 'github',
        owner: subject.owner,
        repository: subject.repository,
        build: claim('run_id'),
        step: '',
      };
    default:
      break;
  }
  return { system: issuer?.provider.id ?? 'token', owner: '', repository: '', build: '', step: '' };
}
