import { parseToken } from '@aws-oidc-assume/ci-systems';
import { type Claims, parseRoleArn } from '@aws-oidc-assume/trust-policy';
import { UsageError } from '../cli/usage-error.ts';
import type { CliContext } from '../context.ts';
import { members } from './json-members.ts';

/** Reads the text of a file, or of standard input for `-`. @throws UsageError if it cannot be read */
export async function readText(file: string, context: CliContext): Promise<string> {
  return (await readBytes(file, context)).toString('utf8').replace(/^\uFEFF/, '');
}

/** Name of the file for messages. */
export function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

/** Reads a file, or standard input for `-`. @throws UsageError if it cannot be read */
export async function readBytes(file: string, context: CliContext): Promise<Buffer> {
  if (file === '-') return context.readStdin();
  try {
    return await context.readFile(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}.`);
  }
}

/** A trust policy, and its role if the file names it. */
export interface PolicyFile {
  /** JSON text, or the parsed object. */
  readonly policy: unknown;
  readonly roleArn?: string;
}

/** Reads a trust policy, also out of the answer of `aws iam get-role`. @throws UsageError */
export async function readPolicy(file: string, context: CliContext): Promise<PolicyFile> {
  const text = await readText(file, context);
  const { AssumeRolePolicyDocument: document, Arn: arn } = members(members(parsed(text))['Role']);
  // The original text: parsing would hide a member that is written twice.
  if (document === undefined) return { policy: text };
  return {
    policy: typeof document === 'string' && /^%7b/i.test(document) ? percentDecoded(document, file) : document,
    ...(typeof arn === 'string' && parseRoleArn(arn) !== undefined ? { roleArn: arn } : {}),
  };
}

/** Decodes a policy as the IAM API returns it. @throws UsageError */
function percentDecoded(document: string, file: string): string {
  try {
    return decodeURIComponent(document);
  } catch {
    throw new UsageError(`${file} contains a trust policy with invalid percent-encoding.`);
  }
}

/** Reads claims from JSON or from a token. @throws UsageError, Failure `TokenMalformed` */
export async function readClaims(file: string, context: CliContext): Promise<Claims> {
  const text = await readText(file, context);
  if (!text.trimStart().startsWith('{')) return parseToken(text, nameOf(file)).claims;
  const claims = parsed(text);
  if (typeof claims !== 'object' || claims === null)
    throw new UsageError(`${file} contains neither claims as JSON nor a token.`);
  // The output of `inspect --json` works too.
  const { claims: inner, iss } = members(claims);
  return (typeof inner === 'object' && inner !== null && iss === undefined ? inner : claims) as Claims;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
