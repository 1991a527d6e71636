/**
 * Compares the requests and answers of the two STS calls with the AWS SDK. Its client is the sender and reader, its
 * signer the signer.
 */
import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { IdentityToken } from '../src/identity/identity-token.ts';
import { networkTransport } from '../src/net/transport.ts';
import { AssumedCredentials } from '../src/sts/assumed-credentials.ts';
import { signedHeaders } from '../src/sts/signature-v4.ts';
import { type ChainedAssumeRequest, Sts, StsError } from '../src/sts/sts-client.ts';
import { tokenText } from './support.ts';

const RUNS = { seed: 20_261_126, numRuns: 150 };
const NOW = new Date('2026-11-26T12:00:00Z');
const ROLE = 'arn:aws:iam::123456789012:role/deploy';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
type Outcome = Readonly<Record<string, unknown>>;

describe('the wire format of STS', () => {
  let server: Server;
  let url: string;
  let received: Received[] = [];
  let answer: { status: number; body: string } = { status: 200, body: '' };
  let sts: Sts;
  let sdk: STSClient;

  before(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        received.push({ headers: request.headers, body });
        response.writeHead(answer.status, { 'content-type': 'text/xml', 'x-amzn-requestid': 'request-1' });
        response.end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    sts = new Sts({ transport: networkTransport(), userAgent: 'test', now: () => NOW });
    sdk = new STSClient({
      region: 'eu-west-1',
      endpoint: url,
      maxAttempts: 1,
      credentials: { accessKeyId: 'ID', secretAccessKey: 'KEY', sessionToken: 'TOKEN' },
    });
  });
  after(() => {
    sdk.destroy();
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    received = [];
  });

  const token = IdentityToken.parse(tokenText());
  const signer = new AssumedCredentials({
    accessKeyId: 'ID',
    secretAccessKey: 'KEY',
    sessionToken: 'TOKEN',
    expiration: NOW,
    assumedRoleArn: 'arn:aws:sts::123456789012:assumed-role/a/b',
    endpoint: 'x',
  });
  const sorted = (body: string | undefined) => (body ?? '').split('&').toSorted();
  const settled = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      () => undefined,
    );

  const requests = fc.record({
    roleArn: fc.string({ minLength: 1 }),
    sessionName: fc.string({ minLength: 1, unit: 'grapheme' }),
    durationSeconds: fc.integer({ min: 900, max: 43_200 }),
    sessionPolicy: fc.option(fc.string({ minLength: 1, unit: 'grapheme' }), { nil: undefined }),
    sessionPolicyArns: fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }),
    externalId: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    tags: fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  }) satisfies fc.Arbitrary<ChainedAssumeRequest>;

  const inputOf = (request: ChainedAssumeRequest) => ({
    RoleArn: request.roleArn,
    RoleSessionName: request.sessionName,
    DurationSeconds: request.durationSeconds,
    ...(request.sessionPolicy === undefined ? {} : { Policy: request.sessionPolicy }),
    ...(request.sessionPolicyArns.length === 0
      ? {}
      : { PolicyArns: request.sessionPolicyArns.map((arn) => ({ arn })) }),
  });

  it("equals the SDK's request, byte for byte, in AssumeRoleWithWebIdentity", async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        received = [];
        await settled(
          sts.assumeRoleWithWebIdentity({ url, region: 'eu-west-1' }, token, request, new AbortController().signal),
        );
        await settled(
          sdk.send(new AssumeRoleWithWebIdentityCommand({ ...inputOf(request), WebIdentityToken: token.reveal() })),
        );
        const [ownRequest, sdkRequest] = received;
        assert.deepEqual(sorted(ownRequest?.body), sorted(sdkRequest?.body));
        assert.equal(ownRequest?.headers['content-type'], sdkRequest?.headers['content-type']);
        assert.equal(ownRequest?.headers.authorization, undefined);
      }),
      RUNS,
    );
  }).timeout(60_000);

  it('sends what the SDK sends, byte for byte, in AssumeRole', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        received = [];
        await settled(sts.assumeRole({ url, region: 'eu-west-1' }, signer, request, new AbortController().signal));
        const tags = Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value }));
        await settled(
          sdk.send(
            new AssumeRoleCommand({
              ...inputOf(request),
              ...(request.externalId === undefined ? {} : { ExternalId: request.externalId }),
              ...(tags.length === 0 ? {} : { Tags: tags }),
            }),
          ),
        );
        const [ownRequest, sdkRequest] = received;
        assert.deepEqual(sorted(ownRequest?.body), sorted(sdkRequest?.body));
      }),
      RUNS,
    );
  }).timeout(60_000);

  it("has the SDK's signature for any path and body", async () => {
    const segments = fc.array(fc.stringMatching(/^[\w.~ %+=@:()'!*-]{1,8}$/), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(segments, fc.string({ unit: 'grapheme' }), fc.boolean(), async (path, body, slash) => {
        const target = new URL('https://sts.eu-west-1.amazonaws.com:8443/');
        target.pathname = `/${path.map(encodeURIComponent).join('/')}${slash && path.length > 0 ? '/' : ''}`;
        const headers = { 'content-type': 'application/x-www-form-urlencoded', host: target.host, 'user-agent': 'x' };
        const ownHeaders = signedHeaders({ url: target, headers, body }, signer, { region: 'eu-west-1', now: NOW });
        const sdkHeaders = await new SignatureV4({
          service: 'sts',
          region: 'eu-west-1',
          sha256: Sha256,
          credentials: { accessKeyId: 'ID', secretAccessKey: 'KEY', sessionToken: 'TOKEN' },
        }).sign(
          {
            method: 'POST',
            protocol: 'https:',
            hostname: target.hostname,
            path: target.pathname,
            query: {},
            headers,
            body,
          },
          { signingDate: NOW },
        );
        assert.equal(ownHeaders['authorization'], sdkHeaders.headers['authorization']);
      }),
      { ...RUNS, numRuns: 500 },
    );
  }).timeout(60_000);

  /** Parts of an answer that a caller sees: the credentials, or code, status and message. */
  const ourOutcome = (): Promise<Outcome> =>
    sts
      .assumeRoleWithWebIdentity(
        { url, region: 'eu-west-1' },
        token,
        { roleArn: ROLE, sessionName: 's', durationSeconds: 3600, sessionPolicy: undefined, sessionPolicyArns: [] },
        new AbortController().signal,
      )
      .then(
        (credentials) => ({
          id: credentials.accessKeyId,
          key: credentials.secretAccessKey.reveal(),
          token: credentials.sessionToken.reveal(),
          expiration: credentials.expiration.getTime(),
          arn: credentials.assumedRoleArn,
        }),
        (error: unknown) => {
          assert.ok(error instanceof StsError);
          const { code, status, message, requestId } = error.answer;
          return { code, status, message, requestId };
        },
      );
  const sdkOutcome = (): Promise<Outcome> =>
    sdk.send(new AssumeRoleWithWebIdentityCommand({ RoleArn: 'r', RoleSessionName: 's', WebIdentityToken: 't' })).then(
      ({ Credentials, AssumedRoleUser }) => ({
        id: Credentials?.AccessKeyId,
        key: Credentials?.SecretAccessKey,
        token: Credentials?.SessionToken,
        expiration: Credentials?.Expiration?.getTime(),
        arn: AssumedRoleUser?.Arn,
      }),
      (error: { Code?: string; message: string; $metadata: { httpStatusCode?: number; requestId?: string } }) => ({
        code: error.Code,
        status: error.$metadata.httpStatusCode,
        message: error.message,
        requestId: error.$metadata.requestId,
      }),
    );

  const escapeXml = (text: string) => text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
  const element = (name: string, inside: string) => `<${name}>${inside}</${name}>`;
  const keyId = fc.stringMatching(/^[A-Z0-9]{16,32}$/);
  const word = fc.stringMatching(/^[A-Za-z0-9+/=_-]{1,40}$/);
  // The SDK reads blanks without a line break between elements as text, and gives up.
  const gap = fc.constantFrom('', '\n', '\n    ', '<!-- a comment -->');

  it('is read like in the SDK for credentials in any order, with gaps and unknown elements', async () => {
    const time = fc.date({
      min: new Date(NOW.getTime() + 1000),
      max: new Date(NOW.getTime() + 3_600_000),
      noInvalidDate: true,
    });
    await fc.assert(
      fc.asyncProperty(
        keyId,
        word,
        word,
        fc.constantFrom('deploy', 'Deploy'),
        time,
        gap,
        fc.boolean(),
        fc.boolean(),
        async (id, key, session, role, until, between, isTurned, isRich) => {
          const parts = [
            element('AccessKeyId', escapeXml(id)),
            element('SecretAccessKey', escapeXml(key)),
            element('SessionToken', escapeXml(session)),
            element('Expiration', `${until.toISOString().slice(0, 19)}Z`),
          ];
          const inside = (isTurned ? parts.toReversed() : parts).join(between);
          const extra = isRich
            ? `<PackedPolicySize>6</PackedPolicySize><SourceIdentity/>${element('Provider', 'x')}`
            : '';
          const user = element(
            'AssumedRoleUser',
            `${element('AssumedRoleId', 'AROA:x')}${between}${element('Arn', escapeXml(`arn:aws:sts::123456789012:assumed-role/${role}/s`))}`,
          );
          answer = {
            status: 200,
            body: `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${between}<AssumeRoleWithWebIdentityResult>${between}${element('Credentials', inside)}${user}${extra}</AssumeRoleWithWebIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>`,
          };
          assert.deepEqual(await ourOutcome(), await sdkOutcome());
        },
      ),
      RUNS,
    );
  }).timeout(60_000);

  it('is read like in the SDK for refusals', async () => {
    const codes = fc.constantFrom(
      'AccessDenied',
      'InvalidIdentityToken',
      'ExpiredTokenException',
      'IDPCommunicationError',
      'ValidationError',
      'Throttling',
      'NewErrorOfTomorrow',
    );
    const message = fc.stringMatching(/^[\u0021-\u007e][\u0020-\u007e\u00e0-\u00ff]{0,80}[\u0021-\u007e]$/);
    await fc.assert(
      fc.asyncProperty(
        codes,
        message,
        fc.constantFrom(400, 403, 429, 500, 503),
        gap,
        async (code, text, status, between) => {
          answer = {
            status,
            body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${between}<Error>${between}<Type>Sender</Type><Code>${code}</Code>${between}<Message>${escapeXml(text)}</Message></Error>${between}<RequestId>r</RequestId></ErrorResponse>`,
          };
          assert.deepEqual(await ourOutcome(), await sdkOutcome());
        },
      ),
      RUNS,
    );
  }).timeout(60_000);
});
