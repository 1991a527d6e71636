import { Failure, type RequestedSession } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { printable } from '../core/text.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import type { Options } from '../options/options.ts';
import type { Runtime } from '../runtime.ts';

/** Parts of a run that a diagnosis needs. */
export interface DiagnosisRun {
  readonly options: Options;
  readonly runtime: Runtime;
}

/** Reads the policy as text: parsing it here would drop a member that is named twice. */
async function textOf(file: string, runtime: Runtime): Promise<string | Error> {
  try {
    return await runtime.readTextFile(file);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Verdict of the trust policy file on this token, and the change that fixes it. Empty without a file. */
export async function diagnosis(
  token: IdentityToken,
  { roleArn, sessionName }: RequestedSession,
  { options, runtime }: DiagnosisRun,
): Promise<string[]> {
  const file = options.trustPolicyFile;
  if (file === undefined) return [];
  const text = await textOf(file, runtime);
  if (text instanceof Error) return [unreadable(file, text)];
  const { explain } = await import('./trust-policy.ts');
  const { verdict, cause, summary, fix, conditions } = explain(token.claims, text, {
    roleArn,
    context: { ...timeOf(runtime.now()), 'aws:SecureTransport': 'true', 'sts:RoleSessionName': sessionName },
  });
  if (verdict === 'allowed') {
    return [
      `${file} would admit this token. AWS did not: the role has another policy than this file, or does not exist, or a resource control policy of the organization denies it.`,
    ];
  }
  if (verdict === 'unknown') {
    const keys = [...new Set(conditions.flatMap(({ unknownKey }) => unknownKey ?? []))];
    return [
      `${file}, ${cause}: ${summary}`,
      `If the role has the policy of this file, AWS refused the token for ${keys.join(' or ')}: compare what the policy says of it with the request in CloudTrail. If not, bring this file up to date.`,
    ];
  }
  return [`${file}, ${cause}: ${summary}`, fix];
}

/** Condition keys of the time of the request. */
function timeOf(now: Date): Record<string, string> {
  return { 'aws:CurrentTime': now.toISOString(), 'aws:EpochTime': String(Math.floor(now.getTime() / 1000)) };
}

/** Lints the trust policy file after a successful run and logs warnings. */
export async function warnOfWeakTrust(
  token: IdentityToken,
  options: Options,
  log: Log,
  runtime: Runtime,
): Promise<void> {
  const file = options.trustPolicyFile;
  if (file === undefined) return;
  const text = await textOf(file, runtime);
  if (text instanceof Error) return log.warning(unreadable(file, text));
  const { lint } = await import('./trust-policy.ts');
  const [{ role }, ...others] = options.roles;
  const findings = lint(text, {
    // With several roles, the file's role is unknown.
    ...(others.length > 0 ? {} : { roleArn: role.arn }),
    ...(token.issuer === undefined ? {} : { issuer: token.issuer }),
  });
  for (const { id, path, message, fix } of findings) {
    log.warning(printable(`${file} ${path} (${id}): ${message} ${fix}`, Number.POSITIVE_INFINITY));
  }
}

function unreadable(file: string, error: Error): string {
  // The message of Node repeats the path.
  const reason =
    error instanceof Failure
      ? error.message.replace(/\.$/, '')
      : ((error as NodeJS.ErrnoException).code ?? error.message);
  return printable(`The trust policy file ${file} could not be read: ${reason}.`);
}
