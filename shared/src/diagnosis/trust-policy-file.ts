import type { RequestedSession } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { printable } from '../core/text.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import type { Options } from '../options/options.ts';
import type { Runtime } from '../runtime.ts';

/** The trust policy at hand, as text: parsed early it would lose a member that is named twice. */
async function textOf(file: string, runtime: Runtime): Promise<string | Error> {
  try {
    return await runtime.readTextFile(file);
  } catch (error) {
    return error as Error;
  }
}

/** What the trust policy at hand says to this token, and what to change in it. Nothing where there is none. */
export async function diagnosis(
  token: IdentityToken,
  { roleArn, sessionName }: RequestedSession,
  options: Options,
  runtime: Runtime,
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

/** The time of the request as AWS writes it. */
function timeOf(now: Date): Record<string, string> {
  return { 'aws:CurrentTime': now.toISOString(), 'aws:EpochTime': String(Math.floor(now.getTime() / 1000)) };
}

/** Weak spots of the trust policy at hand, said also when all went well: it is then that they can be mended in peace. */
export async function warnOfWeakTrust(
  log: Log,
  token: IdentityToken,
  options: Options,
  runtime: Runtime,
): Promise<void> {
  const file = options.trustPolicyFile;
  if (file === undefined) return;
  const text = await textOf(file, runtime);
  if (text instanceof Error) return log.warning(unreadable(file, text));
  const { lint } = await import('./trust-policy.ts');
  const [{ role }, ...others] = options.roles;
  const findings = lint(text, {
    // Of several roles nobody says whose policy it is.
    ...(others.length > 0 ? {} : { roleArn: role.arn }),
    ...(token.issuer === undefined ? {} : { issuer: token.issuer }),
  });
  for (const { id, path, message, fix } of findings) {
    log.warning(printable(`${file} ${path} (${id}): ${message} ${fix}`, 1000));
  }
}

function unreadable(file: string, error: Error): string {
  return printable(
    `The trust policy file ${file} could not be read: ${(error as NodeJS.ErrnoException).code ?? error.message}.`,
  );
}
