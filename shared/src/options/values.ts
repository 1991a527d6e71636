import { parseRoleArn, type RoleArn } from '@aws-oidc-assume/trust-policy/arn';
import { isRegionName } from '../aws/region.ts';
import { printable } from '../core/text.ts';
import { SESSION_NAME } from '../identity/session-name.ts';
import { parseSecretUrl } from '../net/secret-url.ts';

/**
 * Error of an option's parser. A parser receives trimmed, non-empty text and returns the value or throws this error.
 * The message continues the option's name: `AWS_REGION` + ` ` + `is "…", not the name of an AWS region`.
 */
export class Problem extends Error {
  /** Full sentence with the fix, if the message does not contain it. */
  readonly fix: string | undefined;

  constructor(message: string, fix?: string) {
    super(message);
    this.fix = fix;
  }
}

/** `$NAME`, `${NAME}` or `$(NAME)`: a CI system leaves the reference to an undefined variable unexpanded. */
const VARIABLE = /\$(?:\w+|\{[^}]*\}|\([^)]*\))/;

export function refuseUndefinedVariable(text: string): void {
  if (VARIABLE.exec(text)?.[0] === text) {
    throw new Problem(`is ${printable(text)}: that variable isn't defined here`, definition(text));
  }
}

/** Describes a wrong value; an unexpanded variable in it is named as the likely cause. */
function unlike(text: string, expected: string): Problem {
  const variable = VARIABLE.exec(text)?.[0];
  const message = `is "${printable(text, 200)}", ${expected}`;
  if (variable === undefined) return new Problem(message);
  return new Problem(`${message}: the variable ${printable(variable)} in it isn't defined here`, definition(variable));
}

/**
 * Returns the fix for an undefined variable.
 *
 * @param reference e.g. `$(name)`
 */
function definition(reference: string): string {
  return `Define the variable ${printable(reference.replace(/^\$[({]?|[)}]$/g, ''))} for this job, or write the value itself.`;
}

export function parseRole(text: string): RoleArn {
  const role = parseRoleArn(text);
  if (role === undefined) {
    throw unlike(text, 'not the ARN of an IAM role (arn:aws:iam::<12 digits>:role/<name>)');
  }
  return role;
}

export function parseRoleOfProfile(text: string): { profile: string; role: RoleArn } {
  const separator = text.indexOf('=');
  if (separator < 1) throw unlike(text, 'not of the form <profile>=<role ARN>');
  return { profile: parseProfile(text.slice(0, separator).trim()), role: parseRole(text.slice(separator + 1).trim()) };
}

export function parseRegion(text: string): string {
  if (!isRegionName(text)) throw unlike(text, 'not the name of an AWS region (e.g. eu-west-1)');
  return text;
}

/**
 * Parses a profile name. It goes into ini section headers and variables, so it is a word without brackets or spaces.
 * `__proto__` is refused because the SDK for JavaScript keeps profiles in an object.
 */
export function parseProfile(text: string): string {
  if (!/^[\w.@+-]{1,64}$/.test(text) || text === '__proto__')
    throw unlike(text, 'not a profile name: letters, digits, and . _ @ + - up to 64');
  return text;
}

export function parseSessionName(text: string): string {
  if (!SESSION_NAME.test(text)) {
    throw unlike(text, 'not a role session name: 2 to 64 letters, digits, and _ + = , . @ - (a limit of AWS STS)');
  }
  return text;
}

export function parseSessionPolicy(text: string): string {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch (error) {
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    throw new Problem(`is not valid JSON${position === undefined ? '' : `, see character ${Number(position) + 1}`}`);
  }
  if (typeof policy !== 'object' || policy === null || !('Statement' in policy)) {
    throw new Problem('is not a policy document: a JSON object with a Statement');
  }
  // STS accepts tab, newline, carriage return and U+0020 to U+00FF (API reference, Policy). Space between tokens is
  // removed to save characters. The rest does not change, because parsing and printing would drop duplicate members.
  const minified = text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string: string | undefined) => string ?? '');
  const foreign = /[^\u0020-\u00ff]/.exec(minified)?.[0];
  if (foreign !== undefined)
    throw new Problem(
      `holds the character ${JSON.stringify(foreign)}, which AWS STS does not accept in a session policy`,
    );
  return minified;
}

export function parsePolicyArn(text: string): string {
  if (!/^arn:aws(?:-[a-z]+)*:iam::(?:\d{12}|aws):policy\/[\u0021-\u007e]{1,1000}$/.test(text)) {
    throw unlike(text, 'not the ARN of a managed policy (arn:aws:iam::aws:policy/ReadOnlyAccess)');
  }
  return text;
}

export function parseAccountId(text: string): string {
  if (!/^\d{12}$/.test(text)) throw unlike(text, 'not an AWS account id (12 digits)');
  return text;
}

/** Parses an external ID, 2 to 1224 characters (STS API reference, AssumeRole, ExternalId). */
export function parseExternalId(text: string): string {
  if (!/^[\w+=,.@:/-]{2,1224}$/.test(text))
    throw new Problem('is not an external id: 2 to 1224 letters, digits, and _ + = , . @ : / -');
  return text;
}

/** Parses a session tag: `run` or `true` means the tags of the run, `false` none, `Key=Value` a custom tag. */
export function parseTag(text: string): 'run' | 'none' | readonly [string, string] {
  if (text === 'run' || text === 'true') return 'run';
  if (text === 'false') return 'none';
  // Key up to 128, value up to 256 of these characters (STS API reference, Tag).
  if (!/^[\p{L}\p{Z}\p{N}_.:/+\-@]{1,128}=[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(text)) {
    throw unlike(text, 'not a session tag: write run for the tags of the run, or Key=Value');
  }
  const separator = text.indexOf('=');
  return [text.slice(0, separator), text.slice(separator + 1)];
}

export function parseVariablePrefix(text: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(text))
    throw unlike(text, 'not a prefix of variable names: letters, digits and _, not beginning with a digit');
  return text;
}

/** Returns the URL in its normal form. The token is a bearer secret, so only plain https URLs and loopback pass. */
export function parseEndpoint(text: string): string {
  const url = parseSecretUrl(text);
  if (typeof url === 'string') throw new Problem(`is "${printable(text, 200)}", which ${url}`);
  return text.endsWith('/') ? url.href : url.href.replace(/\/$/, '');
}

export function wholeNumber(least: number, most: number, unit: string): (text: string) => number {
  return (text) => {
    const n = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(n >= least && n <= most)) throw unlike(text, `not a whole number of ${unit} from ${least} to ${most}`);
    return n;
  };
}

export function parseBoolean(text: string): boolean {
  const lower = text.toLowerCase();
  if (lower !== 'true' && lower !== 'false') throw unlike(text, 'neither true nor false');
  return lower === 'true';
}

export function oneOf<T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => {
    const value = values.find((one) => one === text);
    if (value === undefined) throw unlike(text, `not one of ${values.join(', ')}`);
    return value;
  };
}
