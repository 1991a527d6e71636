/**
 * Answers of the real AWS STS to signed tokens, recorded on 2026-09-11 in us-east-1 by radkawar/stackd@9dc356f
 * (internal/services/sts/testdata/oidc). The table has every row in which the emulator once differed, by its name there.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, type JsonWebKey, X509Certificate } from 'node:crypto';
import { createClock } from '../src/clock.ts';
import { readConfiguration } from '../src/config/read-configuration.ts';
import { createTlsIdentity } from '../src/http/tls-identity.ts';
import { createSigningKey, SigningKey } from '../src/issuers/signing-key.ts';
import type { JsonObject } from '../src/json.ts';
import { createSecretLedger } from '../src/secret-ledger.ts';
import { createIam } from '../src/sts/iam.ts';
import { createSessions } from '../src/sts/sessions.ts';
import { sts } from '../src/sts/sts.ts';
import type { StsParts } from '../src/sts/sts-call.ts';

const NOW = 1_789_123_725;
// As long as the recorded issuers: its length counts in PackedPolicySize.
const PROVIDER = 'emulator-oidc-probe-0123456789.s3.us-east-1.amazonaws.com';
const ISSUER = `https://${PROVIDER}`;
const ROLE = 'arn:aws:iam::123456789012:role/probe';
const OTHER_ROLE = 'arn:aws:iam::123456789012:role/other';
const ROLES = 'https://aws.amazon.com/roles';

const NOT_VALIDATED =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.';
const NO_KEY =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";
const NOT_LISTED = 'The target role ARN is not present in the roles claim of the identity token';
const NO_ROLE = 'The roles claim contains no valid role ARNs';
const NO_FORMAT = 'The roles claim is not in a supported format';
const UNKNOWN_PROVIDER_ID =
  'Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens';

const rsa = await createSigningKey('RS256', 'one');
const otherRsa = await createSigningKey('RS256', 'one');
const certified = await certifiedKey();

const condition = (operator: string, value: unknown) => ({ [operator]: value });
const statement = (Condition: object) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${PROVIDER}` },
      Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'],
      Condition,
    },
  ],
});
const { accounts = {} } = readConfiguration({
  accounts: {
    '123456789012': {
      oidcProviders: [{ url: ISSUER, clientIds: ['client-a', 'client-b'] }],
      roles: {
        probe: { trustPolicy: statement({}), maxSessionDuration: 7200 },
        'needs-roles-claim': { trustPolicy: statement(condition('Bool', { 'sts:RoleAuthorizedByIdp': 'true' })) },
        'refuses-roles-claim': { trustPolicy: statement(condition('Bool', { 'sts:RoleAuthorizedByIdp': 'false' })) },
      },
    },
  },
});

interface Input {
  /** Replaces or adds claims. */
  readonly claims?: JsonObject;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly key?: SigningKey;
  /** Published keys; that of the token by default. */
  readonly keys?: readonly JsonWebKey[];
  /** The token itself instead of one made of the claims. */
  readonly token?: string;
  readonly messages?: StsParts['messages'];
}

async function ask({ claims = {}, parameters = {}, key = rsa, keys = [key.publicJwk], token, messages }: Input) {
  const clock = createClock(() => NOW * 1000);
  const pages: Readonly<Record<string, unknown>> = {
    [`${ISSUER}/.well-known/openid-configuration`]: { jwks_uri: `${ISSUER}/keys` },
    [`${ISSUER}/keys`]: { keys },
  };
  const parts: StsParts = {
    iam: createIam(accounts, 'seed'),
    sessions: createSessions(clock, createSecretLedger()),
    clock,
    fetch: async (url) => Response.json(pages[String(url)]),
    issuerUrl: (issuer) => issuer,
    ...(messages === undefined ? {} : { messages }),
  };
  const usual = { iss: ISSUER, aud: 'client-a', sub: 'subject-probe', iat: NOW - 60, exp: NOW + 840 };
  const query = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: ROLE,
    RoleSessionName: 'oidc-probe',
    WebIdentityToken: token ?? key.sign({ ...usual, ...claims }),
    ...parameters,
  });
  const request = { method: 'POST', path: '/', query: '', headers: {}, body: Buffer.from(query.toString()) };
  const { status, body } = await sts(request, '192.0.2.1', parts);
  const element = (name: string) =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1]?.replaceAll('&quot;', '"').replaceAll('&apos;', "'");
  return { status, element };
}

/** A key with a certificate for it, as `x5c` has them. */
async function certifiedKey() {
  const { certificate, key } = await createTlsIdentity(['probe'], Date.now());
  const pair = { publicKey: createPublicKey(certificate), privateKey: createPrivateKey(key) };
  const signingKey = new SigningKey('ES256', pair, 'certified');
  return { signingKey, x5c: [new X509Certificate(certificate).raw.toString('base64')] };
}

const withRoles = (claim: unknown): Input => ({ claims: { [ROLES]: claim } });
const withProviderId = (ProviderId: string): Input => ({ parameters: { ProviderId } });
/** A token whose payload has a member twice. */
const withDuplicate = (member: string): Input => {
  const claims = JSON.stringify({ iss: ISSUER, aud: 'client-a', sub: 'subject', iat: NOW, exp: NOW + 60 });
  return { token: rsa.signText(claims.replace(/\}$/, `,${member}}`)) };
};

interface Row {
  readonly row: string;
  readonly input: Input;
  readonly code?: string;
  readonly text: string;
}

const refused: readonly Row[] = [
  { row: 'azp-mismatch', input: { claims: { azp: 'other' } }, text: NOT_VALIDATED },
  { row: 'azp-mismatch, aud a list', input: { claims: { aud: ['client-a', 'x'], azp: 'other' } }, text: NOT_VALIDATED },
  { row: 'azp-empty', input: { claims: { azp: '' } }, text: NOT_VALIDATED },
  { row: 'azp-empty, aud a list', input: { claims: { aud: ['client-a'], azp: '' } }, text: NOT_VALIDATED },
  { row: 'aud-empty', input: { claims: { aud: '' } }, text: NOT_VALIDATED },
  { row: 'duplicate-claim', input: withDuplicate('"aud":"other"'), text: NOT_VALIDATED },
  { row: 'duplicate-claim, azp', input: withDuplicate('"azp":"client-a","azp":"other"'), text: NOT_VALIDATED },
  {
    row: 'key-duplicate-wrong-last',
    input: { keys: [rsa.publicJwk, otherRsa.publicJwk] },
    text: NOT_VALIDATED,
  },
  { row: 'key-ops-sign', input: { keys: [{ ...rsa.publicJwk, key_ops: ['sign'] }] }, text: NOT_VALIDATED },
  { row: 'key-ops-verify', input: { keys: [{ ...rsa.publicJwk, key_ops: ['verify'] }] }, text: NOT_VALIDATED },
  { row: 'key-x5c-conflict', input: { keys: [{ ...otherRsa.publicJwk, x5c: certified.x5c }] }, text: NO_KEY },
  {
    row: 'key-x5c-conflict, with the right key',
    input: { keys: [{ ...rsa.publicJwk, x5c: certified.x5c }] },
    text: NO_KEY,
  },
  { row: 'key-x5c that is not a certificate', input: { keys: [{ ...rsa.publicJwk, x5c: ['AAAA'] }] }, text: NO_KEY },
  { row: 'key-x5c that is not a list', input: { keys: [{ ...rsa.publicJwk, x5c: 'AAAA' }] }, text: NO_KEY },
  {
    row: 'expired-301',
    input: { claims: { exp: NOW - 301 } },
    code: 'ExpiredTokenException',
    text: `Token expired: current date/time ${NOW - 300} must be before the expiration date/time ${NOW - 301}`,
  },
  {
    row: 'expired-301, as a string',
    input: { claims: { exp: String(NOW - 301) } },
    code: 'ExpiredTokenException',
    text: `Token expired: current date/time ${NOW - 300} must be before the expiration date/time ${NOW - 301}`,
  },
  {
    row: 'iat-future-hour',
    input: { claims: { iat: NOW + 3600 } },
    text: `Token issued in the future: ${NOW + 3600}`,
  },
  {
    row: 'nbf-future-hour',
    input: { claims: { nbf: NOW + 3600 } },
    text: `Token not yet valid: current date/time ${NOW + 300} must be after or equal to the not-before date/time ${NOW + 3600}`,
  },
  { row: 'aud-empty-array', input: { claims: { aud: [] } }, text: 'Claim is not allowed to be empty: aud' },
  {
    row: 'provider-id-with-oidc, www.amazon.com',
    input: withProviderId('www.amazon.com'),
    text: 'Provided Token is not a Login With Amazon token',
  },
  {
    row: 'provider-id graph.facebook.com',
    input: withProviderId('graph.facebook.com'),
    code: 'IDPRejectedClaim',
    text: 'graph.facebook.com rejected OAuth token with response "Bad signature" and code 190',
  },
  ...[ISSUER, PROVIDER, 'accounts.google.com'].map((id) => ({
    row: `provider-id ${id}`,
    input: withProviderId(id),
    code: 'AccessDenied',
    text: UNKNOWN_PROVIDER_ID,
  })),
  { row: 'roles-mismatch', input: withRoles([OTHER_ROLE]), text: NOT_LISTED },
  {
    row: 'roles-bool-true-mismatch',
    input: { ...withRoles([OTHER_ROLE]), parameters: { RoleArn: ROLE.replace('probe', 'needs-roles-claim') } },
    text: NOT_LISTED,
  },
  {
    row: 'roles-bool-false-mismatch',
    input: { ...withRoles([OTHER_ROLE]), parameters: { RoleArn: ROLE.replace('probe', 'refuses-roles-claim') } },
    text: NOT_LISTED,
  },
  { row: 'roles-array-empty', input: withRoles([]), text: NO_ROLE },
  { row: 'roles-string-empty', input: withRoles(''), text: NO_ROLE },
  { row: 'roles-nested-array', input: withRoles([[ROLE]]), text: NO_ROLE },
  { row: 'roles-wildcard', input: withRoles([ROLE.replace('probe', '*')]), text: NO_ROLE },
  { row: 'roles-wildcard in the path', input: withRoles([ROLE.replace('probe', '*/probe')]), text: NO_ROLE },
  { row: 'roles-case', input: withRoles([ROLE.toUpperCase()]), text: NO_ROLE },
  { row: 'roles-comma-list', input: withRoles(`${OTHER_ROLE},${ROLE}`), text: NO_ROLE },
  { row: 'roles-number', input: withRoles(7), text: NO_FORMAT },
  { row: 'roles-bool', input: withRoles(true), text: NO_FORMAT },
  { row: 'roles-object', input: withRoles({ role: ROLE }), text: NO_FORMAT },
];

const accepted: readonly { readonly row: string; readonly input: Input; readonly packed?: string }[] = [
  { row: 'baseline', input: {}, packed: '25' },
  { row: 'sub-empty', input: { claims: { sub: '' } }, packed: '24' },
  { row: 'sub-number', input: { claims: { sub: 123 } }, packed: '25' },
  { row: 'sub-long', input: { claims: { sub: 'a'.repeat(300) } }, packed: '34' },
  {
    row: 'source-identity',
    input: { claims: { 'https://aws.amazon.com/source_identity': 'source-probe' } },
    packed: '26',
  },
  {
    row: 'nested-tags',
    input: {
      claims: {
        'https://aws.amazon.com/tags': { principal_tags: { Team: ['engineering'] }, transitive_tag_keys: ['Team'] },
      },
    },
    packed: '25',
  },
  {
    row: 'flat-tags',
    input: {
      claims: {
        'https://aws.amazon.com/tags/principal_tags/Team': 'engineering',
        'https://aws.amazon.com/tags/transitive_tag_keys': ['Team'],
      },
    },
    packed: '25',
  },
  { row: 'duplicate-same-claim', input: withDuplicate('"aud":"client-a"') },
  {
    row: 'key-x5c',
    input: { key: certified.signingKey, keys: [{ ...certified.signingKey.publicJwk, x5c: certified.x5c }] },
  },
  { row: 'roles-null', input: withRoles(null) },
  { row: 'roles-surrounding-space', input: withRoles(` ${ROLE} `) },
  { row: 'roles-semicolon-space', input: withRoles(`${OTHER_ROLE}; ${ROLE}`) },
  { row: 'roles-mixed-array', input: withRoles([123, ROLE]) },
  { row: 'roles-array-null', input: withRoles([null, ROLE]) },
  {
    row: 'roles-bool-true-match',
    input: {
      ...withRoles([ROLE.replace('probe', 'needs-roles-claim')]),
      parameters: { RoleArn: ROLE.replace('probe', 'needs-roles-claim') },
    },
  },
  {
    row: 'roles-bool-false with a null claim',
    input: { ...withRoles(null), parameters: { RoleArn: ROLE.replace('probe', 'refuses-roles-claim') } },
  },
];

describe('the recorded answers of AWS STS', () => {
  for (const { row, input, code = 'InvalidIdentityToken', text } of refused) {
    it(`are given for ${row}`, async () => {
      const { element } = await ask(input);
      assert.deepEqual([element('Code'), element('Message')], [code, text]);
    });
  }

  for (const { row, input, packed } of accepted) {
    it(`are given for ${row}, which is accepted`, async () => {
      const { status, element } = await ask(input);
      assert.equal(status, 200, element('Message'));
      if (packed !== undefined) assert.equal(element('PackedPolicySize'), packed);
    });
  }

  it('put a wrong signature before the roles claim', async () => {
    const input = { ...withRoles([]), keys: [otherRsa.publicJwk] };
    assert.equal((await ask(input)).element('Message'), NOT_VALIDATED);
  });
});

describe('the old answers of AWS STS', () => {
  const old: readonly Row[] = [
    {
      row: 'a provider that is not registered',
      input: { claims: { iss: 'https://nobody.example' } },
      text: 'No OpenIDConnect provider found in your account for https://nobody.example',
    },
    { row: 'an audience that is not registered', input: { claims: { aud: 'x' } }, text: 'Incorrect token audience' },
    {
      row: 'a wrong signature',
      input: { keys: [otherRsa.publicJwk] },
      text: 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    },
    {
      row: 'an expired token',
      input: { claims: { exp: NOW - 301 } },
      code: 'ExpiredTokenException',
      text: `Token expired: current date/time ${NOW} must be before the expiration date/time${NOW - 301}`,
    },
  ];
  for (const { row, input, code = 'InvalidIdentityToken', text } of old) {
    it(`are available for ${row}`, async () => {
      const { element } = await ask({ ...input, messages: 'old' });
      assert.deepEqual([element('Code'), element('Message')], [code, text]);
    });
  }
});
