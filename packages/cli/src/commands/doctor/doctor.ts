import { type Check, Failure, readEndpointVariant, stsEndpointOf } from '@aws-oidc-assume/shared';
import {
  clockChecks,
  environmentChecks,
  issuerChecks,
  issuerFetcher,
  networkChecks,
  ok,
  skip,
  stsChecks,
  tokenChecks,
} from '@aws-oidc-assume/shared/checks';
import { type Command, JSON_OPTION, type ParsedArguments } from '../../cli/command.ts';
import { json, type Painter, painter, plain, type Style } from '../../cli/print.ts';
import type { CliContext } from '../../context.ts';
import { TOKEN_OPTIONS } from '../../input/find-job.ts';
import { refuseWrongProxy } from '../../input/read-token.ts';
import { ASSUME_OPTIONS, readOption } from '../../options/assume-options.ts';
import { type Attempt, attemptRole } from './attempt.ts';
import { answeringEndpoint, hasAskedSts, type RoleCheck, roleChecks } from './role-checks.ts';

/** Time limit of the checks in addition to the exchange. */
const LIMIT_SECONDS = 30;

/** Options of the exchange. Doctor always diagnoses. */
const { diagnose: _, ...EXCHANGE_OPTIONS } = ASSUME_OPTIONS;

export const doctor: Command = {
  name: 'doctor',
  about: 'check everything between this job and AWS, and assume the role to prove it',
  options: {
    ...EXCHANGE_OPTIONS,
    ...TOKEN_OPTIONS,
    'no-assume': { about: 'do not assume the role; it is then "not checked"' },
    ...JSON_OPTION,
  },
  notes: [
    'Assumes the role as exec would and drops the credentials. Then checks the token, the discovery document and keys of its issuer, the signature, STS, the proxy, the clock, and variables that would get in the way. Nothing is changed.',
    'The issuer is asked from this machine. AWS asks from its own network, so only the assumed role proves that AWS reached it.',
    'Exit status: 0 if nothing failed, 1 if a check failed, 2 for wrong usage. "warn" and "skip" are no failures.',
  ],
  examples: [
    {
      about: 'in a CI job',
      line: 'aws-oidc doctor --role-arn arn:aws:iam::123456789012:role/deploy --region eu-west-1',
    },
  ],
  async run(args, context) {
    const checks = await allChecks(args, context);
    const paint = painter(context.out, context.env);
    context.out.write(
      args.flag('json') ? json({ checks }) : `${checks.flatMap((check) => text(check, paint)).join('\n')}\n`,
    );
    return checks.some(({ status }) => status === 'fail') ? 1 : 0;
  },
};

async function allChecks(args: ParsedArguments, context: CliContext): Promise<RoleCheck[]> {
  // Every check that needs the network would fail as well.
  refuseWrongProxy(context);
  const region = readOption('region', args, context.env);
  const { endpointVariant } = readEndpointVariant(context.env);
  const regional = region === undefined ? undefined : stsEndpointOf(region, endpointVariant);
  const endpoint = readOption('stsEndpoint', args, context.env) ?? regional;
  const attempt = await attemptRole(args, context);
  const others = await otherChecks(attempt, endpoint, context);
  const roleArn = readOption('roleArn', args, context.env)?.arn;
  const exchange = roleChecks(attempt, roleArn, others);
  const all = [
    ...exchange,
    ...others.filter((check) => !isTold(check, exchange)).map((check) => milder(check, attempt)),
    ...attempt.warnings.map(warningOf),
  ];
  return all.sort((a, b) => placeOf(a) - placeOf(b));
}

/**
 * Whether the exchange has the same finding or a more precise one. Further findings of the same name stay, except about
 * the token.
 */
function isTold({ name, status, message }: Check, exchange: readonly Check[]): boolean {
  const same = exchange.filter((one) => one.name === name);
  const repeats = same.some((one) => one.message.toLowerCase().includes(message.toLowerCase()));
  return same.length > 0 && (status === 'ok' || name === 'token' || repeats);
}

async function otherChecks(attempt: Attempt, endpoint: string | undefined, context: CliContext): Promise<Check[]> {
  const { token, origin, date } = attempt;
  const runtime = context.runtime();
  const limit = new Failure('TimedOut', `no answer within ${LIMIT_SECONDS} s`);
  const signal = AbortSignal.any([runtime.cancelled, runtime.deadline(LIMIT_SECONDS * 1000, limit).signal]);
  const [issuer, sts, network] = await Promise.all([
    token === undefined ? [] : issuerChecks(token, issuerFetcher({ network: runtime, endpoint, signal })),
    stsState(attempt, endpoint, context, signal),
    endpoint === undefined ? [] : networkChecks(endpoint, runtime),
  ]);
  return [
    ...(token === undefined ? [] : tokenChecks(token, `from ${origin}`, context.now())),
    ...issuer,
    ...sts,
    ...clockChecks(date, context.now()),
    ...network,
    ...environmentChecks(context.env),
  ];
}

/** Asks STS only if the exchange did not. */
async function stsState(
  { result }: Attempt,
  endpoint: string | undefined,
  context: CliContext,
  signal: AbortSignal,
): Promise<Check[]> {
  if (hasAskedSts(result)) {
    const answering = answeringEndpoint(result);
    return answering === undefined ? [] : [ok('sts', `${answering} answers`)];
  }
  if (endpoint === undefined)
    return [skip('sts', 'not checked: no region is given', 'Give --region, or set AWS_REGION.')];
  return stsChecks(endpoint, context, signal);
}

/**
 * Softens a finding. If AWS has admitted the token, errors that only this machine sees are not failures. Only the clock
 * matters, because signed requests need it.
 */
function milder(check: Check, { result }: Attempt): Check {
  const isProven = result?.kind === 'assumed' && PROVEN.has(check.name);
  return isProven && check.status === 'fail' ? { ...check, status: 'warn' } : check;
}

const PROVEN: ReadonlySet<string> = new Set(['token', 'discovery', 'keys', 'signature', 'certificates']);

function warningOf(text: string): Check {
  return { name: 'exchange', status: 'warn', message: text };
}

/** Order of the rows. Others stand before the environment. */
const ORDER = [
  'token',
  'discovery',
  'keys',
  'signature',
  'proxy',
  'certificates',
  'sts',
  'clock',
  'provider',
  'audience',
];

function placeOf({ name }: Check): number {
  const place = ORDER.indexOf(name);
  if (place >= 0) return place;
  return name === 'environment' ? ORDER.length + 2 : ORDER.length + (name === 'role' ? 1 : 0);
}

const STYLES: Readonly<Record<Check['status'], Style>> = { ok: 'green', warn: 'yellow', fail: 'red', skip: 'dim' };

function text({ name, status, message, change, facts = [] }: RoleCheck, paint: Painter): string[] {
  const line = `${paint(STYLES[status], status.padEnd(4))} ${name.padEnd(12)} ${plain(message, MESSAGE_LIMIT)}`;
  const changes = change?.split('\n').map((one) => `       → ${plain(one, MESSAGE_LIMIT)}`) ?? [];
  return [line, ...changes, ...facts.map((fact) => `         ${plain(fact, MESSAGE_LIMIT)}`)];
}

const MESSAGE_LIMIT = 2000;
