import assert from 'node:assert/strict';
import { chainTagsOf } from '../src/sts/session-tags.ts';

describe('the tags of a chained session', () => {
  const run = { system: 'bitbucket', owner: 'acme', repository: 'shop', build: '7', step: 's' };
  const ofRun = { run: true, own: {} };

  it('carry the run where that is asked for, without what it has not', () => {
    const tags = { CiSystem: 'bitbucket', Owner: 'acme', Repository: 'shop', Build: '7' };
    assert.deepEqual(chainTagsOf(run, ofRun), { tags, leftOut: [] });
    assert.equal(chainTagsOf({ ...run, branch: 'main' }, ofRun).tags['Branch'], 'main');
  });

  it('are one’s own besides, which win, be they empty', () => {
    assert.deepEqual(chainTagsOf(run, { run: false, own: { Team: 'web' } }), { tags: { Team: 'web' }, leftOut: [] });
    assert.equal(chainTagsOf(run, { run: true, own: { Owner: 'me' } }).tags['Owner'], 'me');
    assert.equal(chainTagsOf(run, { run: true, own: { Owner: '' } }).tags['Owner'], '');
  });

  for (const branch of ['prod!1', 'feature/[x]', 'a'.repeat(257), 'a\nb']) {
    it(`say nothing rather than something else: ${JSON.stringify(branch.slice(0, 20))}`, () => {
      const { tags, leftOut } = chainTagsOf({ ...run, branch }, ofRun);
      assert.deepEqual([tags['Branch'], leftOut], [undefined, ['Branch']]);
      assert.deepEqual(chainTagsOf({ ...run, branch }, { run: true, own: { Branch: 'main' } }).leftOut, []);
    });
  }

  for (const branch of ['feature/a-b_c.d:e=f+g@h', 'Zürich 東京', '𠀀'.repeat(256)]) {
    it(`hold all that STS takes: ${branch.slice(0, 30)}`, () => {
      assert.equal(chainTagsOf({ ...run, branch }, ofRun).tags['Branch'], branch);
    });
  }
});
