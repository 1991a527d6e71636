import assert from 'node:assert/strict';
import { Failure } from '../src/core/failure.ts';

/**
 * Expects a failure `CannotPublish` with that message.
 *
 * @param change its first advice
 */
export async function refused(action: Promise<unknown>, expected: RegExp, change?: string): Promise<void> {
  await assert.rejects(action, (error: unknown) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.code, 'CannotPublish');
    assert.match(error.message, expected);
    if (change !== undefined) assert.equal(error.details.changes?.[0], change);
    return true;
  });
}
