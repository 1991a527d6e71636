import assert from 'node:assert/strict';
import { assertWording } from '../../test/messages/wording.ts';
import { storedKeysWarning } from '../src/stored-keys.ts';

describe("stored keys in the pipe's variables", () => {
  it('are named without their values', () => {
    const warning = storedKeysWarning({ AWS_ACCESS_KEY_ID: 'AKIA-value', AWS_SECRET_ACCESS_KEY: 'secret-value' }) ?? '';
    assert.match(
      warning,
      /^AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY are in the variables of this pipe, .* Remove them/,
    );
    assert.ok(!warning.includes('value'));
    assertWording('Warnings', 'stored keys in the variables of the pipe', [warning]);
    assert.match(storedKeysWarning({ AWS_SECRET_KEY: 'x' }) ?? '', /^AWS_SECRET_KEY is in .* Remove it there/);
  });

  it('are not named if they are empty, as for an undefined variable, or absent', () => {
    assert.equal(storedKeysWarning({}), undefined);
    assert.equal(storedKeysWarning({ AWS_ACCESS_KEY_ID: ' ', AWS_CREDENTIAL_EXPIRATION: 'x' }), undefined);
  });
});
