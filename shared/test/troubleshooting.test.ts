import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { FAILURES } from '../src/core/failure.ts';

describe('docs/troubleshooting.md', () => {
  const text = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
  const [, ...sections] = text.split(/^## /m).map((section) => {
    const [heading = '', , first = ''] = section.split('\n');
    return { heading, first };
  });

  it('has exactly one heading for each code of the catalogue, in order', () => {
    assert.deepEqual(
      sections.map(({ heading }) => heading),
      Object.keys(FAILURES),
    );
  });

  it('states for each whether it is retried', () => {
    const says = {
      same: '_Retried._',
      'new-token': '_Retried with a new token, if the CI system can give one._',
    };
    assert.deepEqual(
      sections.map(({ heading, first }) => [heading, first.startsWith('_') ? first : undefined]),
      Object.entries(FAILURES).map(([code, { retry }]) => [code, retry === 'never' ? undefined : says[retry]]),
    );
  });
});
