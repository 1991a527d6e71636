import assert from 'node:assert/strict';
import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { applyPatch, type PatchOperation } from '../src/fix/json-patch.ts';

/** A document, and a pointer to an existing or a new place in it. */
const DOCUMENT = fc.record(
  {
    Version: fc.constant('2012-10-17'),
    Statement: fc.array(
      fc.dictionary(fc.constantFrom('a', 'b~c', 'd/e', '', '0', '-'), fc.oneof(fc.string(), fc.array(fc.nat(9))), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
      { maxLength: 3 },
    ),
  },
  { noNullPrototype: true },
);
const TOKEN = fc.constantFrom('Version', 'Statement', 'a', 'b~0c', 'd~1e', '', '0', '1', '2', '-', '01', '9', 'new');
const LIKELY_PATH = fc.constantFrom(
  '/Version',
  '/Statement',
  '/Statement/-',
  '/Statement/0',
  '/Statement/0/a',
  '/Statement/1/d~1e',
);
const ANY_PATH = fc
  .array(TOKEN, { minLength: 1, maxLength: 4 })
  .map((tokens) => tokens.map((token) => `/${token}`).join(''));
const PATH = fc.oneof(LIKELY_PATH, ANY_PATH);
const OPERATION = fc.record({ op: fc.constantFrom('add', 'replace', 'remove'), path: PATH, value: fc.nat(99) });

/** Result of another implementation, or undefined if it refuses the patch. */
function oracle(document: unknown, patch: readonly PatchOperation[]): unknown {
  try {
    const [copy, operations] = structuredClone([document, patch]);
    return fastJsonPatch.applyPatch(copy, operations as never, true).newDocument;
  } catch {
    return undefined;
  }
}

function own(document: unknown, patch: readonly PatchOperation[]): unknown {
  try {
    return applyPatch(document, patch);
  } catch (error) {
    assert.ok(error instanceof RangeError, String(error));
    return undefined;
  }
}

describe('applyPatch', () => {
  it('agrees with fast-json-patch, including on patches that cannot be applied', () => {
    let applied = 0;
    fc.assert(
      fc.property(DOCUMENT, fc.array(OPERATION, { maxLength: 3 }), (document, patch) => {
        const before = structuredClone(document);
        const result = own(document, patch as readonly PatchOperation[]);
        assert.deepEqual(result, oracle(document, patch as readonly PatchOperation[]));
        assert.deepEqual(document, before);
        if (result !== undefined && patch.length > 0) applied += 1;
      }),
      { numRuns: 5000, seed: 14 },
    );
    assert.ok(applied > 300, `only ${applied} patches could be applied`);
  });

  it('replaces the whole document', () => {
    assert.equal(applyPatch({ a: 1 }, [{ op: 'replace', path: '', value: 2 }]), 2);
    assert.throws(() => applyPatch({ a: 1 }, [{ op: 'remove', path: '' }]), RangeError);
  });

  it('treats __proto__ as a normal member', () => {
    const patched = applyPatch({}, [{ op: 'add', path: '/__proto__', value: { admitted: true } }]);
    assert.equal(JSON.stringify(patched), '{"__proto__":{"admitted":true}}');
    assert.equal(Object.getPrototypeOf(patched), Object.prototype);
  });

  it('keeps the order of members', () => {
    const document = { Effect: 'Allow', Principal: '*', Action: 'x' };
    assert.equal(
      JSON.stringify(applyPatch(document, [{ op: 'replace', path: '/Principal', value: 'y' }])),
      '{"Effect":"Allow","Principal":"y","Action":"x"}',
    );
  });
});
