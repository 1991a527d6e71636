import { parseToken } from '@aws-oidc-assume/ci-systems';
import { decodeText, type JsonMembers, members } from '@aws-oidc-assume/shared';
import {
  type Claims,
  containerTextAt,
  findDuplicateMember,
  findJsonError,
  parseRoleArn,
} from '@aws-oidc-assume/trust-policy';
import { UsageError } from '../cli/usage-error.ts';
import type { CliContext } from '../context.ts';

/** Largest text that is read, bytes. Policies, tokens and claims are far smaller. */
const LARGEST_TEXT = 1024 * 1024;

/** Reads the text of a file, or of standard input for `-`. @throws UsageError if it cannot be read as text */
export async function readText(file: string, context: CliContext): Promise<string> {
  const bytes = await readBytes(file, context, LARGEST_TEXT);
  try {
    return decodeText(bytes);
  } catch (error) {
    throw new UsageError(`${nameOf(file)} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** Name of the file for messages. */
export function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

/**
 * Reads a file, or standard input for `-`.
 * @param most bytes
 * @throws UsageError if it cannot be read or is larger
 */
export async function readBytes(file: string, context: CliContext, most: number): Promise<Buffer> {
  try {
    return await (file === '-' ? context.readStdin(most) : context.readFile(file, most));
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    const reason = code === 'EFBIG' ? `it is larger than ${most / 1024 / 1024} MiB` : code;
    throw new UsageError(`${nameOf(file)} cannot be read: ${reason}.`);
  }
}

/** A trust policy, and its role if the file names it. */
export interface PolicyFile {
  /** JSON text, or the parsed object. */
  readonly policy: unknown;
  readonly roleArn?: string;
}

/**
 * Reads a trust policy, or the one in the answer of `aws iam get-role`.
 *
 * @throws UsageError
 */
export async function readPolicy(file: string, context: CliContext): Promise<PolicyFile> {
  return policyIn(await readText(file, context), file);
}

/** Finds the trust policy in a text, which may be the answer of `aws iam get-role`. @throws UsageError */
export function policyIn(text: string, file: string): PolicyFile {
  const role = roleOf(parsed(text));
  // The original text, because parsing would hide a duplicate member.
  if (role === undefined) return { policy: text };
  refuseDuplicates(text, file);
  const { AssumeRolePolicyDocument: document, Arn: arn } = role;
  return {
    policy: typeof document === 'string' ? decodedPolicy(document, file) : containerTextAt(text, POLICY_POINTER),
    ...(typeof arn === 'string' && parseRoleArn(arn) !== undefined ? { roleArn: arn } : {}),
  };
}

const POLICY_POINTER = '/Role/AssumeRolePolicyDocument';

/** Members of the answer of get-role, including the form that the SDKs print. */
const ANSWER_MEMBERS: ReadonlySet<string> = new Set(['Role', 'ResponseMetadata', '$metadata']);

/** Returns the role of an answer of get-role. Undefined for another document, also for a policy with a member "Role". */
function roleOf(document: unknown): JsonMembers | undefined {
  const answer = members(document);
  const role = members(answer['Role']);
  const isAnswer = Object.keys(answer).every((name) => ANSWER_MEMBERS.has(name));
  return isAnswer && role['AssumeRolePolicyDocument'] !== undefined ? role : undefined;
}

/** Refuses an answer with two roles or two policies. The reader of the policy checks its members. */
function refuseDuplicates(text: string, file: string): void {
  const duplicate = findDuplicateMember(text);
  if (duplicate === undefined || duplicate.pointer.startsWith(`${POLICY_POINTER}/`)) return;
  throw new UsageError(`${nameOf(file)} contains "${duplicate.name}" twice in the same object.`);
}

function decodedPolicy(document: string, file: string): string {
  return /^%7b/i.test(document) ? percentDecoded(document, file) : document;
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
  if (typeof claims !== 'object' || claims === null) {
    const error = findJsonError(text);
    const place = error === undefined ? '' : ` Line ${error.line}, column ${error.column}: ${error.reason}.`;
    throw new UsageError(`${nameOf(file)} contains neither claims as JSON nor a token.${place}`);
  }
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
