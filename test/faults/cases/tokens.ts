import type { Fault } from '../fault.ts';

const LEEWAY_AND_A_MINUTE = 360;

/** Identity tokens that AWS refuses, and clocks that disagree. */
export const tokens: readonly Fault[] = (
  [
    { name: 'token that is none', outcome: 'TokenMalformed', calls: 0, token: async () => 'not a JSON Web Token' },
    {
      name: 'token of several audiences',
      outcome: 'SeveralAudiences',
      calls: 0,
      token: ({ control }) => control.mint('bitbucket', { aud: ['ari:cloud:bitbucket::workspace/x', 'other'] }),
    },
    {
      name: 'token that expired long ago',
      outcome: 'TokenExpired',
      calls: 0,
      token: ({ control }) => control.mint('bitbucket', {}, { expiresInSeconds: -LEEWAY_AND_A_MINUTE }),
    },
    {
      name: 'token that expired just now, within the leeway of AWS',
      outcome: 'survived',
      calls: 1,
      token: ({ control }) => control.mint('bitbucket', {}, { expiresInSeconds: -60 }),
    },
    {
      name: 'token that expires between two attempts',
      outcome: 'TokenExpired',
      calls: 2,
      arrange: () => ({
        rules: [
          { match: { endpoint: 'sts', nth: 1 }, fault: { dropConnection: 'before' } },
          { match: { endpoint: 'sts', nth: 2 }, fault: { code: 'ExpiredTokenException' } },
        ],
      }),
    },
    {
      name: 'token of 30 000 characters',
      outcome: 'TokenMalformed',
      calls: 0,
      token: ({ control }) => control.mint('bitbucket', { padding: 'x'.repeat(22_000) }),
    },
    {
      name: 'token with a wrong signature',
      outcome: 'IdentityTokenNotValidated',
      calls: 1,
      token: ({ control }) => control.mint('bitbucket', {}, { signWith: 'wrong-key' }),
    },
    {
      name: 'token of an issuer that is not registered',
      outcome: 'IdentityTokenNotValidated',
      calls: 1,
      token: ({ control }) => control.mint('bitbucket', { iss: 'https://issuer.example' }),
      says: /aws iam create-open-id-connect-provider --url 'https:\/\/issuer\.example'/,
    },
    {
      name: 'token of an audience that is not registered',
      outcome: 'IdentityTokenNotValidated',
      calls: 1,
      token: ({ control }) => control.mint('bitbucket', { aud: 'nobody' }),
      says: /add-client-id-to-open-id-connect-provider .* --client-id 'nobody'$/m,
    },
    {
      name: 'token that is limited to other roles',
      outcome: 'IdentityTokenRejected',
      calls: 1,
      token: ({ control }) =>
        control.mint('bitbucket', { 'https://aws.amazon.com/roles': ['arn:aws:iam::123456789012:role/other'] }),
      says: /has the claim https:\/\/aws\.amazon\.com\/roles/,
    },
    {
      name: 'clock of AWS ten minutes ahead',
      outcome: 'TokenExpired',
      calls: 1,
      token: ({ control }) => control.mint('bitbucket', {}, { expiresInSeconds: 60 }),
      arrange: async ({ emulator, after }) => {
        await emulator.control.advanceClock(600);
        after(() => emulator.control.advanceClock(-600));
        return {};
      },
    },
    {
      name: 'clock of AWS ten minutes behind',
      outcome: 'IdentityTokenRejected',
      calls: 1,
      says: /Fix the clock \(NTP\) of [^ ]+, which issued the token/,
      arrange: async ({ emulator, after }) => {
        await emulator.control.advanceClock(-600);
        after(() => emulator.control.advanceClock(600));
        return {};
      },
    },
  ] satisfies Omit<Fault, 'where'>[]
).map((fault) => ({ where: 'bundle', ...fault }));
