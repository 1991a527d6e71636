import assert from 'node:assert/strict';
import { chainTagsOf } from '../src/session-tags.ts';

describe('the tags of a chained session', () => {
  const run = { system: 'bitbucket', owner: 'acme', repository: 'shop', build: '7', step: 's' };

  it('carry the run where that is asked for, without what it has not', () => {
    assert.deepEqual(chainTagsOf(run, { run: true, own: {} }), {
      CiSystem: 'bitbucket',
      Owner: 'acme',
      Repository: 'shop',
      Build: '7',
    });
    assert.equal(chainTagsOf({ ...run, branch: 'main' }, { run: true, own: {} })['Branch'], 'main');
  });

  it('are one’s own besides, which win', () => {
    assert.deepEqual(chainTagsOf(run, { run: false, own: { Team: 'web' } }), { Team: 'web' });
    assert.equal(chainTagsOf(run, { run: true, own: { Owner: 'me' } })['Owner'], 'me');
  });

  it('hold only what STS takes, and no more of it', () => {
    const branch = `feature/[x]#${'y'.repeat(300)}`;
    const tag = chainTagsOf({ ...run, branch }, { run: true, own: {} })['Branch'];
    assert.equal(tag, branch.replace(/[[\]#]/g, '_').slice(0, 256));
  });
});
