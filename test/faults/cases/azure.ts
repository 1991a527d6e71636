import type { FaultRule } from '../../support/emulator-process.ts';
import { type Arrangement, type Fault, stsFault } from '../fault.ts';

const tokenServiceFault = (fault: FaultRule['fault'], match: FaultRule['match'] = {}): Arrangement => ({
  rules: [{ match: { endpoint: 'azure-token', ...match }, fault }],
});

/** Faults specific to the task: its token service, a new token on demand, a log that is read for commands. */
export const azure: readonly Fault[] = (
  [
    {
      name: 'token expired on its way, a new one is given',
      outcome: 'survived',
      calls: 2,
      arrange: () => stsFault({ code: 'ExpiredTokenException' }, { times: 1 }),
      says: /next with a new token/,
    },
    {
      name: 'token that expires between two attempts',
      outcome: 'survived',
      calls: 3,
      arrange: () => ({
        rules: [
          { match: { endpoint: 'sts', nth: 1 }, fault: { dropConnection: 'before' } },
          { match: { endpoint: 'sts', nth: 2 }, fault: { code: 'ExpiredTokenException' } },
        ],
      }),
    },
    {
      name: 'each new token has expired',
      outcome: 'TokenExpired',
      calls: 2,
      arrange: () => stsFault({ code: 'ExpiredTokenException' }),
    },
    {
      name: 'connection reset, once',
      outcome: 'survived',
      calls: 2,
      arrange: () => stsFault({ dropConnection: 'before' }, { times: 1 }),
    },
    {
      name: 'STS never answers',
      outcome: 'TimedOut',
      calls: 1,
      arrange: () => ({ ...stsFault({ hang: true }), options: { timeoutSeconds: '2' } }),
    },
    { name: 'denial', outcome: 'AccessDenied', calls: 1, arrange: () => stsFault({ code: 'AccessDenied' }) },
    {
      name: 'denial with control characters and commands in it',
      outcome: 'AccessDenied',
      calls: 1,
      arrange: () =>
        stsFault({ code: 'AccessDenied', message: 'no\n##vso[task.setvariable variable=X]y \u001b[31mred' }),
    },
    {
      name: 'token service refuses',
      outcome: 'TokenRequestRefused',
      calls: 0,
      arrange: () => tokenServiceFault({ status: 401, body: '{"message":"TF400813: not authorized"}' }),
      says: /TF400813/,
    },
    {
      name: 'token service shows a sign-in page',
      outcome: 'TokenRequestRefused',
      calls: 0,
      arrange: () => tokenServiceFault({ status: 203, body: '<html>Sign in</html>' }),
    },
    {
      name: 'token service redirects',
      outcome: 'TokenRequestRefused',
      calls: 0,
      arrange: () => tokenServiceFault({ status: 302, body: '', headers: { location: 'https://login.example/' } }),
    },
    {
      name: 'token service is busy, once',
      outcome: 'survived',
      calls: 1,
      arrange: () => tokenServiceFault({ status: 429, body: '{}', headers: { 'retry-after': '1' } }, { times: 1 }),
      says: /Token request: try 1 of 3 failed \(Throttled: .*\); next in [12]\d{3} ms/,
    },
    {
      name: 'token service has a fault, once',
      outcome: 'survived',
      calls: 1,
      arrange: () => tokenServiceFault({ status: 503, body: '' }, { times: 1 }),
    },
    {
      name: 'token service resets the connection, once',
      outcome: 'survived',
      calls: 1,
      arrange: () => tokenServiceFault({ dropConnection: 'before' }, { times: 1 }),
    },
    {
      name: 'token service answers without a token, once',
      outcome: 'survived',
      calls: 1,
      arrange: () => tokenServiceFault({ status: 200, body: '{"oidcToken":null}' }, { times: 1 }),
    },
    {
      name: 'token service is busy, each time',
      outcome: 'Throttled',
      calls: 0,
      arrange: () => tokenServiceFault({ status: 429, body: '{}' }),
    },
    {
      name: 'token service never answers',
      outcome: 'TimedOut',
      calls: 0,
      arrange: () => ({ ...tokenServiceFault({ hang: true }), options: { timeoutSeconds: '2' } }),
    },
  ] satisfies Omit<Fault, 'where'>[]
).map((fault) => ({ where: 'task', ...fault }));
