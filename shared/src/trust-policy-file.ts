import type { Edges } from './edges.ts';
import type { IdentityToken } from './identity-token.ts';
import type { Log } from './log.ts';
import type { Options } from './options.ts';
import { printable } from './text.ts';

/** The trust policy at hand, as text: parsed early it would lose a member that is named twice. */
async function textOf(file: string, edges: Edges): Promise<string | Error> {
  try {
    return await edges.readTextFile(file);
  } catch (error) {
    return error as Error;
  }
}

/** What the trust policy at hand says to this token, and what to change in it. Nothing where there is none. */
export async function diagnosis(
  token: IdentityToken,
  roleArn: string,
  options: Options,
  edges: Edges,
): Promise<string[]> {
  const file = options.trustPolicyFile;
  if (file === undefined) return [];
  const text = await textOf(file, edges);
  if (text instanceof Error) return [unreadable(file, text)];
  const { explain } = await import('./trust-knowledge.ts');
  const { verdict, cause, summary, fix } = explain(token.claims, text, { roleArn });
  if (verdict === 'allowed') {
    return [
      `${file} would admit this token. AWS did not: the role has another policy than this file, or does not exist.`,
    ];
  }
  return [`${file}, ${cause}: ${summary}`, fix];
}

/** Weak spots of the trust policy at hand, said also when all went well: it is then that they can be mended in peace. */
export async function warnOfWeakTrust(log: Log, token: IdentityToken, options: Options, edges: Edges): Promise<void> {
  const file = options.trustPolicyFile;
  if (file === undefined) return;
  const text = await textOf(file, edges);
  if (text instanceof Error) return log.warning(unreadable(file, text));
  const { lint } = await import('./trust-knowledge.ts');
  const [target] = options.roles;
  const findings = lint(text, {
    ...(target === undefined ? {} : { roleArn: target.role.arn }),
    ...(token.issuer === undefined ? {} : { issuer: token.issuer }),
  });
  for (const { id, severity, path, message, fix } of findings) {
    if (severity !== 'info') log.warning(printable(`${file} ${path} (${id}): ${message} ${fix}`, 1000));
  }
}

function unreadable(file: string, error: Error): string {
  return printable(
    `The trust policy file ${file} could not be read: ${(error as NodeJS.ErrnoException).code ?? error.message}.`,
  );
}
