import assert from 'node:assert/strict';
import { type Failure, IdentityToken } from '@aws-oidc-assume/shared';
import { plainTokenJob } from '../../src/index.ts';
import { LIMITS, tokenText } from '../support.ts';

const GITHUB = { iss: 'https://token.actions.githubusercontent.com', sub: 'repo:acme/shop:ref:refs/heads/main' };

describe('a job known only by its token', () => {
  it('returns that token', async () => {
    const job = plainTokenJob(`${tokenText(GITHUB)}\n`, 'token.txt');
    assert.equal((await job.identityToken(LIMITS)).subject, GITHUB.sub);
    assert.deepEqual([job.name, job.origin, job.renewsToken], ['GitHub Actions', 'token.txt', false]);
  });

  it('names the source of a text that is not a token', () => {
    assert.throws(
      () => plainTokenJob('x', 'token.txt'),
      ({ code, details }: Failure) =>
        code === 'TokenMalformed' && /Check that token\.txt holds/.test(details.changes?.join('\n') ?? ''),
    );
  });

  for (const { name, claims, run } of [
    { name: 'a token of another issuer', claims: { iss: 'https://gitlab.com', sub: 'x' }, run: ['gitlab', '', ''] },
    { name: 'a token of an unknown issuer', claims: { iss: 'https://example.com' }, run: ['token', '', ''] },
    { name: 'a token without claims', claims: {}, run: ['token', '', ''] },
    {
      name: 'a token of Microsoft Entra',
      claims: {
        iss: 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0',
        sub: '/eid1/c/pub/t/AAAA/a/BBBB/sc/66666666-7777-4888-8999-000000000000/8c7b6a59-4837-4261-8504-f3e2d1c0b999',
      },
      run: ['azure-devops', '', ''],
    },
    {
      name: 'a token whose run id is not a number',
      claims: { ...GITHUB, run_id: { id: 1 } },
      run: ['github', 'shop', ''],
    },
  ]) {
    it(`names the same parts of the run as ${name}`, () => {
      const token = IdentityToken.parse(tokenText(claims));
      const { system, repository, build } = plainTokenJob(token.reveal(), 'a file').run(token).identity;
      assert.deepEqual([system, repository, build], run);
    });
  }
});
