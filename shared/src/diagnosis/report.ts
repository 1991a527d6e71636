import type { Published } from '../ci-system.ts';
import { FAILURES, type Failure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { count, duration, printable } from '../core/text.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import type { Options } from '../options/options.ts';
import type { Session } from '../sts/assumed-credentials.ts';

const TROUBLESHOOTING = 'https://github.com/aws-oidc-assume/aws-oidc-assume/blob/main/docs/troubleshooting.md';

/** Facts of the token that a trust policy can match, as lines. They never contain the token. */
export function tokenLines(token: IdentityToken, now: Date): string[] {
  const shown = (value: string | undefined) => (value === undefined ? '(none)' : printable(value, 300));
  const lines = [
    `issuer (iss):   ${shown(token.issuer)}`,
    `audience (aud): ${token.audiences.length === 0 ? '(none)' : token.audiences.map((one) => printable(one, 300)).join(', ')}`,
    `subject (sub):  ${shown(token.subject)}`,
  ];
  if (token.authorizedParty !== undefined) lines.push(`party (azp):    ${shown(token.authorizedParty)}`);
  lines.push(`age:            ${ageOf(token, now)}`);
  return lines;
}

function ageOf(token: IdentityToken, now: Date): string {
  const seconds = (date: Date) => (now.getTime() - date.getTime()) / 1000;
  const since = (date: Date) => `${duration(seconds(date))} ${Math.round(seconds(date)) < 0 ? 'from now' : 'ago'}`;
  const issued = token.issuedAt === undefined ? 'issued at an unknown time' : `issued ${since(token.issuedAt)}`;
  if (token.expiresAt === undefined) return `${issued}, no expiry`;
  const past = seconds(token.expiresAt);
  return `${issued}, ${past > 0 ? `expired ${duration(past)} ago` : `expires in ${duration(past)}`}`;
}

export function reportToken(log: Log, token: IdentityToken, now: Date): void {
  log.group('Identity token of this job', tokenLines(token, now));
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
}

/** Report of a failure: the attempt, the response, the token's claims, the change that fixes it, and further reading. */
export function failureLines(failure: Failure): string[] {
  const { attempted, answer, token, changes = [], problems = [] } = failure.details;
  const lines = [`${failure.code}: ${FAILURES[failure.code].when}`];
  if (problems.length > 0) {
    lines.push('', `Wrong ${problems.length === 1 ? 'option' : 'options'}:`);
    lines.push(...problems.map(({ option, message }) => `  ${printable(option, 100)} ${printable(message, 600)}`));
  } else if (attempted === undefined) {
    lines.push(...failure.message.split('\n').map((line) => `  ${printable(line, 600)}`));
  }
  if (attempted !== undefined) {
    lines.push(
      '',
      'Attempted:',
      `  ${attempted.action} at ${printable(attempted.endpoint, 300)}${attempted.region === undefined ? '' : ` (${attempted.region})`}, ${count(attempted.attempts, 'attempt')}`,
    );
    if (attempted.requested !== undefined) lines.push(`  role ${printable(attempted.requested.roleArn, 300)}`);
    if (attempted.stopReason !== undefined) lines.push(`  ${attempted.stopReason}`);
  }
  if (answer !== undefined) {
    const facts = [
      answer.code,
      answer.status === undefined ? undefined : `HTTP ${answer.status}`,
      answer.requestId === undefined ? undefined : `request id ${answer.requestId}`,
    ].filter((fact) => fact !== undefined);
    lines.push('', 'Came back:', `  ${printable(facts.join(', ') || 'no answer', 300)}`);
    if (answer.message) lines.push(`  ${printable(answer.message, 600)}`);
  }
  if (token !== undefined) {
    lines.push('', 'In the token:', ...token.map((line) => `  ${line}`));
  }
  lines.push('', 'To change:');
  for (const change of changes.length > 0 ? changes : [FAILURES[failure.code].hint]) {
    lines.push(...change.split('\n').map((line) => `  ${keepIndent(line)}`));
  }
  lines.push('', `More: ${TROUBLESHOOTING}#${failure.code}`);
  return lines;
}

/** Longest line of a change. A change may have text to copy, and a trust policy has at most 4096 characters. */
const CHANGE_LIMIT = 8192;

function keepIndent(line: string): string {
  const text = line.trimStart();
  return ' '.repeat(line.length - text.length) + printable(text, CHANGE_LIMIT);
}
