import type { Published } from '../ci-system.ts';
import { type Answer, FAILURES, type Failure, type OptionProblem, type TokenFacts } from '../core/failure.ts';
import { documentationUrl } from '../core/home.ts';
import type { Log } from '../core/log.ts';
import { count, duration, printable } from '../core/text.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import type { Options } from '../options/options.ts';
import type { Session } from '../sts/assumed-credentials.ts';

/** Returns the facts of a token for reports. */
export function tokenFacts(token: IdentityToken, now: Date): TokenFacts {
  const { issuer, audiences, subject, authorizedParty } = token;
  return { issuer, audiences, subject, authorizedParty, age: ageOf(token, now) };
}

function ageOf(token: IdentityToken, now: Date): string {
  const seconds = (date: Date) => (now.getTime() - date.getTime()) / 1000;
  const since = (date: Date) => `${duration(seconds(date))} ${Math.round(seconds(date)) < 0 ? 'from now' : 'ago'}`;
  const issued = token.issuedAt === undefined ? 'issued at an unknown time' : `issued ${since(token.issuedAt)}`;
  if (token.expiresAt === undefined) return `${issued}, no expiry`;
  const past = seconds(token.expiresAt);
  return `${issued}, ${past > 0 ? `expired ${duration(past)} ago` : `expires in ${duration(past)}`}`;
}

/** Prints the claims of the token that a trust policy can match, as debug lines. */
export function reportToken(log: Log, token: IdentityToken, now: Date): void {
  const facts = tokenFacts(token, now);
  for (const line of [
    `subject: ${displayed(facts.subject)}`,
    `audience: ${audienceOf(facts)}`,
    ...tokenDetails(facts),
  ]) {
    log.debug(`Identity token, ${line}`);
  }
}

/** Parts of a successful run that the log reports. */
interface Success {
  readonly sessions: readonly Session[];
  readonly published: Published;
  readonly options: Options;
}

export function reportSuccess({ sessions, published, options }: Success, log: Log, now: Date): void {
  for (const { profile, credentials } of sessions) {
    const left = duration((credentials.expiration.getTime() - now.getTime()) / 1000);
    const as = profile === undefined ? '' : ` as profile ${profile}`;
    log.info(
      `Assumed ${credentials.assumedRoleArn}${as}, valid until ${credentials.expiration.toISOString()} (${left}).`,
    );
    const [first] = options.endpoints;
    if (credentials.endpoint !== first.url) {
      log.warning(`${first.url} could not serve the request; the credentials came from ${credentials.endpoint}.`);
    }
  }
  for (const line of published.lines) log.info(line);
  for (const line of published.details ?? []) log.debug(line);
}

/** Parts of the report of a failure. Every line is safe to print. */
export interface FailureReport {
  /** `AccessDenied: the cause` */
  readonly headline: string;
  /** Lines of the fix. The first begins with `Fix: `. */
  readonly fix: readonly [string, ...string[]];
  /** Role, subject, audience, response, link to the documentation. */
  readonly facts: readonly string[];
  /** Issuer and age of the token, attempts, notes. */
  readonly details: readonly string[];
}

/**
 * Returns the report of a failure.
 *
 * @param detailed whether the user requested the texts that are printed only on request
 */
export function failureReport(failure: Failure, detailed = false): FailureReport {
  const { token, notes = [], onRequest = [] } = failure.details;
  return {
    headline: `${failure.code}: ${printable(causeOf(failure), CAUSE_LIMIT)}`,
    fix: fixOf(failure),
    facts: factsOf(failure),
    details: [
      ...(token === undefined ? [] : tokenDetails(token)),
      ...attemptsOf(failure),
      ...[...notes, ...(detailed ? onRequest : [])].flatMap(linesOf),
    ],
  };
}

/** Returns the report of a failure as lines, the details last. */
export function failureLines(failure: Failure, detailed = false): [string, ...string[]] {
  const { headline, fix, facts, details } = failureReport(failure, detailed);
  const last = details.length === 0 ? [] : ['Details:', ...details.map((line) => `  ${line}`)];
  return [headline, ...fix, ...facts, ...last];
}

function causeOf({ code, message, details: { cause, problems = [], attempted } }: Failure): string {
  if (cause !== undefined) return cause;
  const [problem, ...others] = problems;
  if (problem !== undefined) {
    const wrong =
      others.length === 0
        ? `${problem.option} ${problem.message}.`
        : `${problems.length} options are wrong: ${[...new Set(problems.map(({ option }) => option))].join(', ')}.`;
    return `${wrong} Nothing was sent.`;
  }
  if (code === 'Internal') return `${FAILURES.Internal.cause.slice(0, -1)}: ${message}`;
  // The message of a failed exchange quotes AWS; AWS's words follow below.
  return attempted?.requested === undefined || code === 'TimedOut' ? message : FAILURES[code].cause;
}

function fixOf({ code, details: { changes = [], problems = [] } }: Failure): [string, ...string[]] {
  const [problem, ...others] = problems;
  const [first = '', ...more] = (
    problem === undefined
      ? changes.length > 0
        ? changes
        : [FAILURES[code].fix]
      : others.length === 0
        ? [problem.fix ?? `Correct ${problem.option}.`]
        : ['Correct each of them:', ...problems.map(problemLine)]
  ).flatMap(linesOf);
  return [`Fix: ${first}`, ...more.map((line) => `  ${line}`)];
}

function problemLine({ option, message, fix }: OptionProblem): string {
  return printable(`${option} ${message}.${fix === undefined ? '' : ` ${fix}`}`, CAUSE_LIMIT);
}

function factsOf(failure: Failure): string[] {
  const { attempted, answer, token } = failure.details;
  const facts: [label: string, value: string][] = [];
  if (attempted?.requested !== undefined) facts.push(['Role', printable(attempted.requested.roleArn, 300)]);
  if (token !== undefined) facts.push(['Subject', displayed(token.subject)], ['Audience', audienceOf(token)]);
  if (answer !== undefined) facts.push([labelOf(failure, answer), answerText(answer)]);
  facts.push(['Help', documentationUrl(`troubleshooting.md#${failure.code.toLowerCase()}`)]);
  return facts.map(([label, value]) => `${`${label}:`.padEnd(9)} ${value}`);
}

/** A response has a status. It is AWS's only if it comes from STS. */
function labelOf({ code, details: { attempted } }: Failure, { status }: Answer): string {
  if (status === undefined) return 'Error';
  return attempted?.requested === undefined || code === 'UnexpectedAnswer' ? 'Response' : 'AWS said';
}

function answerText({ code, message, status, requestId }: Answer): string {
  const words = [code, message].filter((word) => word).map((word) => printable(word ?? '', 600));
  const numbers = [
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...(requestId === undefined ? [] : [`request id ${printable(requestId, 100)}`]),
  ].join(', ');
  if (words.length === 0) return numbers || 'no answer';
  return numbers === '' ? words.join(', ') : `${words.join(', ')} (${numbers})`;
}

function tokenDetails({ issuer, authorizedParty, age }: TokenFacts): string[] {
  return [
    `issuer of the token: ${displayed(issuer)}`,
    ...(authorizedParty === undefined ? [] : [`authorized party (azp): ${displayed(authorizedParty)}`]),
    `age of the token: ${age}`,
  ];
}

function attemptsOf({ details: { attempted } }: Failure): string[] {
  if (attempted === undefined) return [];
  const { action, endpoint, region, attempts, stopReason } = attempted;
  const where = `${printable(endpoint, 300)}${region === undefined ? '' : ` (${region})`}`;
  return [`${action} at ${where}, ${count(attempts, 'attempt')}`, ...(stopReason === undefined ? [] : [stopReason])];
}

function displayed(value: string | undefined): string {
  return value === undefined ? '(none)' : printable(value, 300);
}

function audienceOf({ audiences }: TokenFacts): string {
  return audiences.length === 0 ? '(none)' : audiences.map((one) => displayed(one)).join(', ');
}

const CAUSE_LIMIT = 1500;

/** Longest line of a change. A change may have text to copy, and a trust policy has at most 4096 characters. */
const CHANGE_LIMIT = 8192;

/** Lines of a text, each with its own indentation. */
function linesOf(text: string): string[] {
  return text.split('\n').map((line) => {
    const words = line.trimStart();
    return ' '.repeat(line.length - words.length) + printable(words, CHANGE_LIMIT);
  });
}
