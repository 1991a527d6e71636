import {
  classify,
  type FailureCode,
  type HttpAnswer,
  printable,
  retryAfterOf,
  type Verdict,
} from '@aws-oidc-assume/shared';

/** Azure DevOps answered, but not with a token. */
export class TokenRefusal extends Error {
  readonly status: number;
  /** What a try again could do about it, and the failure's name. */
  readonly verdict: Verdict;
  /** For whom the refusal has a cause that the message alone does not tell. */
  readonly changes: readonly string[];

  constructor(answer: HttpAnswer) {
    const text = answer.body.toString('utf8');
    super(isPage(text) ? PAGE : (messageOf(text) ?? emptyOrStrange(text)));
    this.name = 'TokenRefusal';
    this.status = answer.status;
    this.verdict = verdictOf(answer, text);
    this.changes = changesFor(answer, text);
  }
}

/** The token of a good answer, `{"oidcToken": "<jwt>"}`. @throws TokenRefusal for every other answer */
export function tokenOf(answer: HttpAnswer): string {
  const { oidcToken } = jsonObject(answer.body.toString('utf8'));
  if (answer.status === 200 && typeof oidcToken === 'string' && oidcToken.trim() !== '') return oidcToken;
  throw new TokenRefusal(answer);
}

export function judge(error: unknown): Verdict {
  return error instanceof TokenRefusal ? error.verdict : classify(error);
}

const PAGE = 'a web page, most likely a sign-in page';

/** Too many requests, the service's own faults, and a good status without a token heal by themselves; refusals do not. */
function verdictOf(answer: HttpAnswer, text: string): Verdict {
  const retryAfter = retryAfterOf(answer);
  const verdict = (code: FailureCode, heals: Verdict['heals']): Verdict => ({
    code,
    heals,
    elsewhere: false,
    backoff: 500,
    crowded: code === 'Throttled',
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
  const { status } = answer;
  if (status === 429) return verdict('Throttled', 'again');
  if (status >= 500) return verdict('ServiceFault', 'again');
  if (status !== 200) return verdict('TokenRequestRefused', 'no');
  return isPage(text) ? verdict('UnexpectedAnswer', 'no') : verdict('ServiceFault', 'again');
}

function changesFor({ status }: HttpAnswer, text: string): string[] {
  if (/no explicit reference to service connection/i.test(text)) {
    return [
      'A job may ask only for connections that it refers to itself. Give the connection in the input serviceConnection of',
      'this very step, by its name and not by a variable that gets its value at run time: the reference is resolved when',
      'the run is queued.',
    ];
  }
  if (status === 401 || status === 203 || (status >= 300 && status < 400)) {
    return [
      'Azure DevOps did not accept the access token of this job. It is good only for this job and only while it runs;',
      'look at the job authorization scope of the project, and at anything between the agent and Azure DevOps that',
      'removes the Authorization header.',
    ];
  }
  if (status === 404) {
    return [
      'Azure DevOps knows no such plan or job at this address: System.OidcRequestUri is not that of the running job. No',
      'step may set that variable.',
    ];
  }
  return [];
}

/** Errors come as `{message}`, `{value: "…"}` or `{value: {Message}}`. */
function messageOf(text: string): string | undefined {
  const { message, value } = jsonObject(text);
  const inner = typeof value === 'object' && value !== null && 'Message' in value ? value.Message : value;
  return [message, inner].find((one): one is string => typeof one === 'string' && one.trim() !== '');
}

function emptyOrStrange(text: string): string {
  if (text.trim() === '') return 'an empty answer';
  const isObject = Object.keys(jsonObject(text)).length > 0;
  // What might be a token, in whatever form, is not quoted.
  return isObject ? 'an answer without a token' : `an answer that begins: ${printable(text, 80)}`;
}

function isPage(text: string): boolean {
  return /^\s*</.test(text);
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
