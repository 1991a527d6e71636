import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { type Haystack, SecretWatch } from '../../test/support/secret-watch.ts';
import { assumeRole } from '../src/assume-role.ts';
import { Failure } from '../src/core/failure.ts';
import { failureLines } from '../src/diagnosis/report.ts';
import type { HttpAnswer, HttpRequest } from '../src/net/transport.ts';
import { TransportError } from '../src/net/transport-error.ts';
import { RecordingSystem, rawOptions, refusal, ScriptedRuntime, xml } from './support.ts';

const ACCESS_KEY = 'EXAMPLEKEYIDOFATEST';

interface Issued {
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Words without spaces, like credentials. They contain every character that some notation escapes. */
const word = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'abcXYZ0189+/=_-'), minLength, maxLength });
const issued = fc.record({ secretAccessKey: word(20, 60), sessionToken: word(100, 900) });

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}

function success(request: HttpRequest, { secretAccessKey, sessionToken }: Issued, arn: string): HttpAnswer {
  const action = new URLSearchParams(request.body).get('Action');
  return xml(
    200,
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><AssumedRoleUser><Arn>${arn}</Arn></AssumedRoleUser><Credentials><AccessKeyId>${ACCESS_KEY}</AccessKeyId><SecretAccessKey>${escaped(secretAccessKey)}</SecretAccessKey><SessionToken>${escaped(sessionToken)}</SessionToken><Expiration>2026-03-01T13:00:00Z</Expiration></Credentials></${action}Result></${action}Response>`,
  );
}

/** The whole request, as a server may quote it. */
function sentText({ headers, body = '' }: HttpRequest): string {
  const token = new URLSearchParams(body).get('WebIdentityToken') ?? '';
  return [token, body, ...Object.values(headers)].join(' ');
}

type Answering = (request: HttpRequest, credentials: Issued) => HttpAnswer | TransportError;

/** ARN of the session that the request asks for. */
function arnFor({ body }: HttpRequest): string {
  const form = new URLSearchParams(body);
  const role = form.get('RoleArn')?.split('/').at(-1);
  return `arn:aws:sts::123456789012:assumed-role/${role}/${form.get('RoleSessionName')}`;
}
const ANSWERS: Readonly<Record<string, Answering>> = {
  success: (request, credentials) => success(request, credentials, arnFor(request)),
  'success without an ARN': (request, credentials) => success(request, credentials, ''),
  'success of another account': (request, credentials) =>
    success(request, credentials, arnFor(request).replace('1234', '9999')),
  'success that is cut': (request, credentials) => {
    const whole = success(request, credentials, arnFor(request));
    return { ...whole, body: whole.body.subarray(0, whole.body.length - 60) };
  },
  'denial that quotes': (request) => refusal(403, 'AccessDenied', escaped(sentText(request))),
  'denial that quotes in base64': (request) =>
    refusal(403, 'AccessDenied', Buffer.from(sentText(request)).toString('base64')),
  'expiry that quotes': (request) => refusal(400, 'ExpiredTokenException', escaped(sentText(request))),
  'throttling that quotes': (request) => refusal(400, 'Throttling', escaped(sentText(request))),
  'page that quotes': (request) =>
    xml(200, `<html>${escaped(sentText(request))}</html>`, { server: sentText(request) }),
  'JSON that quotes': (request) => xml(400, JSON.stringify({ request: sentText(request) })),
  'fault that quotes': (request) => xml(503, sentText(request)),
  'error of the network that quotes': (request) => new TransportError('ECONNRESET', sentText(request)),
};

const answering = fc.constantFrom(...Object.keys(ANSWERS));

describe('secrets', () => {
  it('are in nothing that is printed, thrown or returned, with any answer of AWS', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(answering, { minLength: 1, maxLength: 4 }),
        issued,
        issued,
        fc.boolean(),
        fc.boolean(),
        async (script, first, second, chained, renews) => {
          const watch = new SecretWatch();
          const credentials = [first, second];
          for (const { secretAccessKey, sessionToken } of credentials) watch.add(secretAccessKey, sessionToken);
          const ci = new RecordingSystem({}, renews);
          let n = 0;
          const runtime = new ScriptedRuntime(
            script.map((name) => (request: HttpRequest) => {
              const answer = ANSWERS[name]?.(request, credentials[n++ % 2] ?? first);
              if (answer === undefined || answer instanceof Error) throw answer;
              return answer;
            }),
          );
          const options = {
            allowedAccountIds: '123456789012',
            ...(chained ? { chainRoleArns: 'arn:aws:iam::123456789012:role/next' } : {}),
          };
          const output = await outputOf(ci, runtime, options);
          seen.add(output.ending);
          watch.add(...ci.tokensGiven.map((token) => token.reveal()));
          // The signature makes it a secret; the rest are claims, which the log shows.
          watch.add(...ci.tokensGiven.map((token) => token.reveal().split('.')[2] ?? ''));
          watch.assertClean(...output.haystacks);
        },
      ),
      { numRuns: 400 },
    );
    for (const ending of ['success', 'AccessDenied', 'TokenExpired', 'Throttled', 'Unreachable', 'UnexpectedAnswer'])
      assert.ok(seen.has(ending), `no run ended with ${ending}`);
  });
});

describe('a part of the token', () => {
  const parts: Readonly<Record<string, (token: string) => string>> = {
    head: (token) => token.split('.')[0] ?? '',
    signature: (token) => token.split('.')[2] ?? '',
    tail: (token) => token.slice(-40),
  };
  const fields: Readonly<Record<string, (part: string) => HttpAnswer>> = {
    'the code': (part) => refusal(400, part.slice(0, 90), 'no'),
    'the request id': (part) => ({
      ...refusal(400, 'AccessDenied', 'no'),
      headers: { 'x-amzn-requestid': part.slice(0, 90) },
    }),
    'the request id of the body': (part) =>
      xml(
        400,
        `<ErrorResponse><Error><Code>AccessDenied</Code></Error><RequestId>${part.slice(0, 90)}</RequestId></ErrorResponse>`,
      ),
    'the message, with characters of no width': (part) => refusal(400, 'AccessDenied', [...part].join('&#x200b;')),
    'a page, with characters of no width': (part) => xml(400, [...part.slice(0, 80)].join('\u200b')),
    'the name of the server': (part) => xml(400, 'no', { server: part }),
  };
  for (const [where, answer] of Object.entries(fields)) {
    for (const [partName, partOf] of Object.entries(parts)) {
      it(`is never printed: its ${partName} in ${where}`, async () => {
        const ci = new RecordingSystem({}, true);
        let quoted = '';
        const runtime = new ScriptedRuntime([
          ({ body = '' }: HttpRequest) => {
            quoted = partOf(new URLSearchParams(body).get('WebIdentityToken') ?? '');
            return answer(quoted);
          },
        ]);
        const { haystacks } = await outputOf(ci, runtime, {});
        const plain = haystacks.map(({ text }) => String(text).replace(/\\+u200b|[^\w-]/g, '')).join(' ');
        for (let index = 0; index + 20 <= quoted.length; index++)
          assert.ok(!plain.includes(quoted.slice(index, index + 20)), plain);
      });
    }
  }
});

async function outputOf(
  ci: RecordingSystem,
  runtime: ScriptedRuntime,
  options: Record<string, string>,
): Promise<{ ending: string; haystacks: Haystack[] }> {
  const log = () => ({ name: 'the log', text: ci.lines.join('\n') });
  try {
    const outcome = await assumeRole(ci, rawOptions(options), { exposeModes: ['environment'] }, runtime);
    return { ending: 'success', haystacks: [log(), ...formsOf('the outcome', outcome)] };
  } catch (error) {
    const failure = Failure.from(error);
    const lines = { name: 'the report', text: failureLines(failure).join('\n') };
    return { ending: failure.code, haystacks: [log(), lines, ...formsOf('the failure', failure)] };
  }
}

/** Prints a value as a program without knowledge of secrets would. */
function formsOf(name: string, value: object): Haystack[] {
  return [
    { name: `${name}, printed`, text: String(value) },
    { name: `${name} as JSON`, text: JSON.stringify(value) },
    { name: `${name}, inspected`, text: inspect(value, { depth: 20, showHidden: true }) },
    { name: `the stack of ${name}`, text: value instanceof Error ? (value.stack ?? '') : '' },
  ];
}
