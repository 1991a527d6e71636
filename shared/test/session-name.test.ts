import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeSessionName, SESSION_NAME, sessionNameOf } from '../src/session-name.ts';

const run = {
  system: 'bitbucket',
  owner: 'acme',
  repository: 'shop-api',
  build: '42',
  step: '{1f0c9a2b-1111-4222-8333-444455556666}',
};

describe('role session name', () => {
  it('names system, owner, repository, build and step', () => {
    assert.equal(sessionNameOf(run), 'bitbucket,acme,shop-api,42,1f0c9a2b');
  });

  it('leads back to the run', () => {
    assert.deepEqual(decodeSessionName(sessionNameOf(run)), {
      system: 'bitbucket',
      owner: 'acme',
      repository: 'shop-api',
      build: '42',
      step: '1f0c9a2b',
    });
  });

  it('does without a step', () => {
    assert.equal(sessionNameOf({ ...run, step: '' }), 'bitbucket,acme,shop-api,42');
  });

  it('replaces what AWS STS does not take', () => {
    assert.equal(
      sessionNameOf({ ...run, system: 'azure', repository: 'Zoë’s Shop, web' }),
      'azure,acme,Zo__s_Shop__web,42,1f0c9a2b',
    );
  });

  it('cuts the readable front, never the unique end', () => {
    const name = sessionNameOf({ ...run, owner: 'a'.repeat(60), repository: 'b'.repeat(60) });
    assert.equal(name.length, 64);
    assert.match(name, /^bitbucket,a+\.\.,b+\.\.,42,1f0c9a2b$/);
    assert.equal(decodeSessionName(name)?.build, '42');
    assert.match(decodeSessionName(name)?.repository ?? '', /^b+…$/);
  });

  it('cuts the longer of the two names first', () => {
    assert.match(sessionNameOf({ ...run, repository: 'b'.repeat(90) }), /^bitbucket,acme,b+\.\.,42,1f0c9a2b$/);
    assert.match(sessionNameOf({ ...run, owner: 'a'.repeat(90) }), /^bitbucket,a+\.\.,shop-api,42,1f0c9a2b$/);
  });

  it('cuts nothing away from a name that just fits its half', () => {
    assert.equal(
      sessionNameOf({ ...run, owner: 'a'.repeat(19), repository: 'b'.repeat(40) }).split(',')[1],
      'a'.repeat(19),
    );
  });

  it('is always one that AWS STS takes, and keeps build and step', () => {
    const text = fc.string({ unit: 'binary', maxLength: 120 });
    fc.assert(
      fc.property(text, text, fc.nat(), fc.uuid(), (owner, repository, build, step) => {
        const name = sessionNameOf({ system: 'azure', owner, repository, build: String(build), step });
        assert.match(name, SESSION_NAME);
        assert.ok(name.endsWith(`,${build},${step.slice(0, 8)}`));
      }),
    );
  });

  it('leads back to a run without a step', () => {
    assert.deepEqual(decodeSessionName('bitbucket,acme,shop-api,42'), {
      system: 'bitbucket',
      owner: 'acme',
      repository: 'shop-api',
      build: '42',
    });
  });

  it('does not read names that others made', () => {
    for (const name of ['GitHubActions', 'a,b', 'a,b,c,d,e,f', 'i have spaces,b,c,d']) {
      assert.equal(decodeSessionName(name), undefined, name);
    }
  });
});
