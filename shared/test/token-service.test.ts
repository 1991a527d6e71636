import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Failure } from '../src/core/failure.ts';
import { silentLog } from '../src/core/log.ts';
import { Secret } from '../src/core/secret.ts';
import { requestIdentityToken, type TokenRuntime, type TokenService } from '../src/identity/token-service.ts';
import type { HttpAnswer, Transport } from '../src/net/transport.ts';
import { TransportError } from '../src/net/transport-error.ts';
import { tokenText } from './support.ts';

const BEARER = randomBytes(24).toString('hex');
const SERVICE: TokenService = {
  system: 'The CI system',
  method: 'POST',
  url: new URL('https://ci.example/token?for=job'),
  headers: { 'x-own': 'header' },
  body: '{}',
  bearer: new Secret(BEARER),
  member: 'jwt',
  advice: (status) => (status === 401 ? ['Map the access token.'] : []),
};
const GOOD = answer(200, JSON.stringify({ jwt: tokenText({ sub: 'job' }) }));

function answer(status: number, body: string, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers, body: Buffer.from(body) };
}

/** Answers come from the list, then successful ones; waits are recorded, and pass immediately. */
function runtimeOf(answers: (HttpAnswer | Error)[]) {
  const requests: Parameters<Transport>[0][] = [];
  const waits: number[] = [];
  const lines: string[] = [];
  const runtime: TokenRuntime = {
    transport: async (request) => {
      requests.push(request);
      const next = answers.shift() ?? GOOD;
      if (next instanceof Error) throw next;
      return next;
    },
    sleep: async (milliseconds) => void waits.push(milliseconds),
    random: () => 0.5,
    log: { ...silentLog, info: (line) => void lines.push(line) },
  };
  return { runtime, requests, waits, lines };
}

const LIMITS = { signal: new AbortController().signal, timeLeft: () => 60_000, maxAttempts: 3 };
const ask = (runtime: TokenRuntime, service: Partial<TokenService> = {}, timeLeft = () => 60_000) =>
  requestIdentityToken({ ...SERVICE, ...service }, { ...LIMITS, timeLeft }, runtime);

describe('a token service', () => {
  for (const thrown of [new TypeError(`quotes ${BEARER}`), `text that quotes ${BEARER}`]) {
    it(`reports an internal error without a secret: ${typeof thrown}`, async () => {
      const { runtime } = runtimeOf([]);
      const transport = () => Promise.reject(thrown);
      await assert.rejects(ask({ ...runtime, transport }), (error: Failure) => {
        assert.ok(!`${error.message} ${JSON.stringify(error.details)}`.includes(BEARER));
        return error.code === 'Internal';
      });
    });
  }

  it('receives the bearer token, and returns the identity token', async () => {
    const { runtime, requests } = runtimeOf([]);
    assert.equal((await ask(runtime)).subject, 'job');
    assert.deepEqual(requests, [
      {
        method: 'POST',
        url: SERVICE.url,
        headers: { 'x-own': 'header', accept: 'application/json', authorization: `Bearer ${BEARER}` },
        body: '{}',
      },
    ]);
  });

  it('is asked without a body if it needs none', async () => {
    const { runtime, requests } = runtimeOf([]);
    const { body: _, ...bodiless } = SERVICE;
    await requestIdentityToken({ ...bodiless, method: 'GET' }, LIMITS, runtime);
    assert.equal('body' in (requests[0] ?? {}), false);
  });

  const healing: { name: string; first: HttpAnswer | Error; says: string }[] = [
    { name: 'throttling', first: answer(429, ''), says: 'Throttled: an empty answer' },
    {
      name: 'its own fault',
      first: answer(503, '<html>'),
      says: 'ServiceFault: a web page, most likely a sign-in page',
    },
    { name: 'a null token', first: answer(200, '{"jwt":null}'), says: 'ServiceFault: an answer without a token' },
    { name: 'a blank token', first: answer(200, '{"jwt":" "}'), says: 'ServiceFault: an answer without a token' },
    { name: 'null', first: answer(200, 'null'), says: 'ServiceFault: an answer that begins: null' },
    { name: 'an empty answer', first: answer(200, ' \n'), says: 'ServiceFault: an empty answer' },
    {
      name: 'a broken connection',
      first: new TransportError('ECONNRESET', 'socket hang up'),
      says: 'Unreachable: socket hang up',
    },
  ];
  for (const { name, first, says } of healing) {
    it(`is asked again after ${name}`, async () => {
      const { runtime, requests, waits, lines } = runtimeOf([first]);
      assert.equal((await ask(runtime)).subject, 'job');
      assert.equal(requests.length, 2);
      assert.deepEqual(lines, [`Token request: try 1 of 3 failed (${says}); next in ${waits[0]} ms.`]);
    });
  }

  it('determines the wait, and throttled jobs spread', async () => {
    const { runtime, waits } = runtimeOf([
      answer(429, '', { 'retry-after': '7' }),
      answer(503, '', { 'retry-after': '2' }),
    ]);
    await ask(runtime);
    // 7 s and half of a twelfth of the remaining minute; 2 s and half of the second step from 500 ms.
    assert.deepEqual(waits, [9500, 2500]);
  });

  it('is not waited for beyond the time limit', async () => {
    const { runtime, waits } = runtimeOf([answer(429, '', { 'retry-after': '61' })]);
    await assert.rejects(ask(runtime), { code: 'Throttled' });
    assert.deepEqual(waits, []);
  });

  it('is asked at most as often as allowed, and the attempts are counted', async () => {
    const { runtime, requests } = runtimeOf(Array.from({ length: 9 }, () => answer(500, '{"message":"busy"}')));
    await assert.rejects(ask(runtime), (error: Failure) => {
      assert.equal(error.code, 'ServiceFault');
      assert.equal(error.message, 'The CI system gave no identity token: busy');
      assert.deepEqual(error.details, {
        attempted: {
          action: 'The token request to The CI system',
          endpoint: 'https://ci.example/token',
          attempts: 3,
        },
        answer: { status: 500, message: 'busy' },
      });
      return true;
    });
    assert.equal(requests.length, 3);
  });

  const refusals: { name: string; first: HttpAnswer | Error; code: string; says: string }[] = [
    {
      name: 'a message',
      first: answer(400, '{"message":"no such job"}'),
      code: 'TokenRequestRefused',
      says: 'no such job',
    },
    {
      name: 'a value',
      first: answer(400, '{"value":"no such job"}'),
      code: 'TokenRequestRefused',
      says: 'no such job',
    },
    {
      name: 'a message in a value',
      first: answer(405, '{"value":{"Message":"no GET"}}'),
      code: 'TokenRequestRefused',
      says: 'no GET',
    },
    {
      name: 'a blank message and a value',
      first: answer(400, '{"message":" ","value":"no such job"}'),
      code: 'TokenRequestRefused',
      says: 'no such job',
    },
    {
      name: 'no value',
      first: answer(400, '{"value":null}'),
      code: 'TokenRequestRefused',
      says: 'an answer without a token',
    },
    {
      name: 'a token of another status',
      first: answer(201, `{"jwt":"${tokenText({})}"}`),
      code: 'TokenRequestRefused',
      says: 'an answer without a token',
    },
    {
      name: 'JSON that is no object',
      first: answer(403, '"1 < 2"'),
      code: 'TokenRequestRefused',
      says: 'an answer that begins: "1 < 2"',
    },
    { name: 'nothing', first: answer(404, ''), code: 'TokenRequestRefused', says: 'an empty answer' },
    {
      name: 'text',
      first: answer(403, 'go away'),
      code: 'TokenRequestRefused',
      says: 'an answer that begins: go away',
    },
    {
      name: 'a page in place of a refusal',
      first: answer(203, '<!DOCTYPE html>'),
      code: 'TokenRequestRefused',
      says: 'a web page, most likely a sign-in page',
    },
    {
      name: 'a page in place of a token',
      first: answer(200, '\n<html>'),
      code: 'UnexpectedAnswer',
      says: 'a web page, most likely a sign-in page',
    },
    {
      name: 'an untrusted certificate',
      first: new TransportError('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed'),
      code: 'CertificateNotTrusted',
      says: 'self-signed',
    },
  ];
  for (const { name, first, code, says } of refusals) {
    it(`is asked only once if it refuses with ${name}`, async () => {
      const { runtime, requests } = runtimeOf([first]);
      await assert.rejects(ask(runtime), { code, message: `The CI system gave no identity token: ${says}` });
      assert.equal(requests.length, 1);
    });
  }

  it('may explain its refusal', async () => {
    const changes = async (status: number) =>
      ask(runtimeOf([answer(status, '')]).runtime).then(
        () => assert.fail('a token'),
        (error: Failure) => error.details.changes,
      );
    assert.deepEqual(await changes(401), ['Map the access token.']);
    assert.equal(await changes(403), undefined);
  });

  it('names the code of a broken connection', async () => {
    const { runtime } = runtimeOf([new TransportError('CERT_HAS_EXPIRED', 'certificate has expired')]);
    await assert.rejects(ask(runtime), (error: Failure) => {
      assert.deepEqual(error.details.answer, { code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' });
      assert.equal(error.details.changes, undefined);
      return true;
    });
  });

  it('may return an invalid token, which is not retried', async () => {
    const { runtime, requests } = runtimeOf([answer(200, '{"jwt":"a.b"}')]);
    await assert.rejects(ask(runtime), (error: Failure) => {
      assert.equal(error.code, 'TokenMalformed');
      assert.equal(error.details.answer?.status, 200);
      assert.equal(error.details.attempted?.attempts, 1);
      return true;
    });
    assert.equal(requests.length, 1);
  });

  it('never reveals the bearer token, although an answer may quote it', async () => {
    const quoting = `Bearer ${BEARER} is not good enough`;
    for (const body of [JSON.stringify({ message: quoting }), quoting]) {
      const { runtime } = runtimeOf([answer(400, body)]);
      await assert.rejects(ask(runtime), (error: Failure) => {
        assert.ok(!JSON.stringify([error.message, error.details]).includes(BEARER));
        return error.code === 'TokenRequestRefused';
      });
    }
  });

  it("ends with only the deadline's reason if nothing was received", async () => {
    const deadline = new AbortController();
    const { runtime } = runtimeOf([]);
    const transport = async () => {
      deadline.abort(new Failure('TimedOut', 'The time is up.'));
      throw deadline.signal.reason;
    };
    await assert.rejects(
      requestIdentityToken(SERVICE, { ...LIMITS, signal: deadline.signal }, { ...runtime, transport }),
      (error: Failure) => {
        assert.equal(error.code, 'TimedOut');
        assert.equal(error.details.answer, undefined);
        return true;
      },
    );
  });

  it("ends with the deadline's reason, and the earlier answer", async () => {
    const { runtime } = runtimeOf([answer(500, '{"message":"busy"}')]);
    const deadline = new AbortController();
    const late: TokenRuntime = {
      ...runtime,
      sleep: async () => {
        deadline.abort(new Failure('TimedOut', 'The time is up.'));
        deadline.signal.throwIfAborted();
      },
    };
    await assert.rejects(
      requestIdentityToken(SERVICE, { ...LIMITS, signal: deadline.signal }, late),
      (error: Failure) => {
        assert.equal(error.code, 'TimedOut');
        assert.deepEqual(error.details.answer, { status: 500, message: 'busy' });
        assert.equal(error.details.attempted?.attempts, 1);
        return true;
      },
    );
  });
});
