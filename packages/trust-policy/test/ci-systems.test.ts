import assert from 'node:assert/strict';
import { type GenerateRequest, generate, PROVIDERS, type ProviderId, ScopeError, scopeFields } from '../src/index.ts';

/** Returns the problems of a request with unchecked fields. */
function problems(provider: ProviderId, fields: Record<string, unknown>): string[] {
  try {
    generate({ provider, account: '123456789012', ...fields } as unknown as GenerateRequest);
    return [];
  } catch (error) {
    assert.ok(error instanceof ScopeError);
    return error.problems.map(({ field, reason }) => `${field} ${reason}`);
  }
}

describe('scopeFields', () => {
  for (const { id } of PROVIDERS) {
    it(`${id}: lists every field that is required`, () => {
      const required = problems(id, {}).flatMap((problem) => problem.replace(/ (?:is|are) .*$/, '').split(' | '));
      assert.ok(required.length > 0);
      assert.deepEqual(
        required.filter((field) => !scopeFields(id).includes(field)),
        [],
      );
    });

    for (const field of scopeFields(id)) {
      it(`${id}: lists ${field}, which the scope uses`, () => {
        assert.notDeepEqual(problems(id, { [field]: '*' }), problems(id, {}));
      });
    }

    it(`${id}: lists no field that every scope has`, () => {
      for (const field of ['provider', 'account', 'partition', 'issuer', 'sourceIps', 'allowTagSession']) {
        assert.ok(!scopeFields(id).includes(field), field);
      }
    });
  }
});
