import assert from 'node:assert/strict';
import { chainTagsOf } from '../src/sts/session-tags.ts';

describe('the tags of a chained session', () => {
  const identity = { system: 'bitbucket', owner: 'of', repository: 'the', build: 'variables', step: 's' };
  const signed = { owner: 'acme', repository: 'shop', build: '7' };
  const run = { identity, signed };
  const onBranch = (branch: string) => ({ identity, signed: { ...signed, branch } });
  const runTags = { run: true, own: {} };

  it("contain the token's facts of the run, and name the missing ones", () => {
    const tags = { CiSystem: 'bitbucket', Owner: 'acme', Repository: 'shop', Build: '7' };
    assert.deepEqual(chainTagsOf(run, runTags), { tags, notAccepted: [], notSigned: ['Branch'] });
    assert.equal(chainTagsOf(onBranch('main'), runTags).tags['Branch'], 'main');
  });

  it('include custom tags, which take precedence, even if they are empty', () => {
    assert.deepEqual(chainTagsOf(run, { run: false, own: { Team: 'web' } }), {
      tags: { Team: 'web' },
      notAccepted: [],
      notSigned: [],
    });
    assert.equal(chainTagsOf(run, { run: true, own: { Owner: 'me' } }).tags['Owner'], 'me');
    assert.equal(chainTagsOf(run, { run: true, own: { Owner: '' } }).tags['Owner'], '');
  });

  for (const branch of ['prod!1', 'feature/[x]', 'a'.repeat(257), 'a\nb']) {
    it(`omit a value rather than change it: ${JSON.stringify(branch.slice(0, 20))}`, () => {
      const { tags, notAccepted } = chainTagsOf(onBranch(branch), runTags);
      assert.deepEqual([tags['Branch'], notAccepted], [undefined, ['Branch']]);
      assert.deepEqual(chainTagsOf(onBranch(branch), { run: true, own: { Branch: 'main' } }).notAccepted, []);
    });
  }

  for (const branch of ['feature/a-b_c.d:e=f+g@h', 'Zürich 東京', '𠀀'.repeat(256)]) {
    it(`contain every value that STS accepts: ${branch.slice(0, 30)}`, () => {
      assert.equal(chainTagsOf(onBranch(branch), runTags).tags['Branch'], branch);
    });
  }
});
