import { parseToken } from '@aws-oidc-assume/ci-systems';
import { type Claims, parseRoleArn } from '@aws-oidc-assume/trust-policy';
import { UsageError } from '../cli/usage-error.ts';
import type { CliContext } from '../context.ts';
import { members } from './json-members.ts';

/** Reads the text of a file, or of standard input for `-`. @throws UsageError where it cannot be read */
export async function readText(file: string, context: CliContext): Promise<string> {
  return (await readBytes(file, context)).toString('utf8').replace(/^\uFEFF/, '');
}

/** How a message names it. */
export function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

/** @throws UsageError */
export async function readBytes(file: string, context: CliContext): Promise<Buffer> {
  if (file === '-') return context.readStdin();
  try {
    return await context.readFile(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}.`);
  }
}

/** A role's trust policy, and the role where the file says which it is of. */
export interface PolicyFile {
  /** JSON text, or the object it stands for. */
  readonly policy: unknown;
  readonly roleArn?: string;
}

/** A trust policy by itself, or the answer of `aws iam get-role`, which holds one. @throws UsageError */
export async function readPolicy(file: string, context: CliContext): Promise<PolicyFile> {
  const text = await readText(file, context);
  const { AssumeRolePolicyDocument: document, Arn: arn } = members(members(parsed(text))['Role']);
  // The text as it stands, so that a member written twice is seen.
  if (document === undefined) return { policy: text };
  return {
    policy: typeof document === 'string' && /^%7b/i.test(document) ? percentDecoded(document, file) : document,
    ...(typeof arn === 'string' && parseRoleArn(arn) !== undefined ? { roleArn: arn } : {}),
  };
}

/** The API itself answers a policy percent-encoded. */
function percentDecoded(document: string, file: string): string {
  try {
    return decodeURIComponent(document);
  } catch {
    throw new UsageError(`${file} holds a trust policy that is percent-encoded wrongly.`);
  }
}

/** Claims as JSON, or a token that holds them. @throws UsageError; Failure `TokenMalformed` */
export async function readClaims(file: string, context: CliContext): Promise<Claims> {
  const text = await readText(file, context);
  if (!text.trimStart().startsWith('{')) return parseToken(text, nameOf(file)).claims;
  const claims = parsed(text);
  if (typeof claims !== 'object' || claims === null)
    throw new UsageError(`${file} holds neither claims as JSON nor a token.`);
  // The output of `inspect --json` will do as well.
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
