import assert from 'node:assert/strict';
import { assertWording } from '../../test/messages/wording.ts';
import { Failure } from '../src/core/failure.ts';
import { IdentityToken } from '../src/identity/identity-token.ts';
import { checkToken } from '../src/identity/token-check.ts';
import { NOW, RecordingSystem, tokenText } from './support.ts';

const seconds = NOW.getTime() / 1000;
const check = (claims: Record<string, unknown>, renewsToken: boolean): string[] => {
  const ci = new RecordingSystem({}, renewsToken);
  checkToken(IdentityToken.parse(tokenText(claims)), NOW, ci);
  return ci.lines;
};

describe('an identity token by the clock of this machine', () => {
  it('is refused with several audiences, which are named, unless the token names the decisive one', () => {
    assert.throws(
      () => check({ aud: ['a\u0007', 'b'] }, true),
      (error) =>
        error instanceof Failure &&
        error.code === 'SeveralAudiences' &&
        error.message === 'The identity token names 2 audiences and no authorized party (azp): a, b.',
    );
    assert.deepEqual(check({ aud: ['a', 'b'], azp: 'a' }, false), []);
  });

  it('is refused if it is older than AWS accepts', () => {
    assert.deepEqual(check({ exp: seconds - 300 }, false), []);
    assert.throws(
      () => check({ exp: seconds - 301 }, false),
      (error) =>
        error instanceof Failure &&
        error.code === 'TokenExpired' &&
        error.message ===
          'By the clock of this machine the identity token expired 5 min ago, at 2026-03-01T11:54:59.000Z.',
    );
  });

  it('is not refused if it was issued just now: the clock is wrong, and AWS uses its own', () => {
    assertWording('Warnings', 'new token on a machine whose clock is fast', check({ exp: seconds - 7200 }, true));
  });

  it('may be from the future, which causes a warning', () => {
    assert.deepEqual(check({ iat: seconds + 300 }, false), []);
    assertWording('Warnings', 'token from the future', check({ iat: seconds + 600 }, false));
  });
});
