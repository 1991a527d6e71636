import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { FAILURES } from '../src/failure.ts';

describe('docs/troubleshooting.md', () => {
  const text = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);

  it('has one heading for each code of the catalogue, in its order, and no other', () => {
    assert.deepEqual(headings, Object.keys(FAILURES));
  });
});
