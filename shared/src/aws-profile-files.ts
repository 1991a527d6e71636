import { revealed } from './aws-environment.ts';
import type { Session } from './ci-system.ts';
import type { Secret } from './secret.ts';

/**
 * The text of an AWS `config` or `credentials` file with one section set to these values. All other lines, comments and
 * the order of sections stay as they were; a section of that name is replaced whole, and one that comes twice becomes
 * one.
 *
 * @param header what stands between the brackets: `default`, `profile x` in a config file, `x` in a credentials file
 */
export function withSection(text: string, header: string, values: Readonly<Record<string, string | Secret>>): string {
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const section = [`[${header}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${revealed(value)}`)];
  const kept: string[] = [];
  let written = false;
  let inSection = false;
  for (const line of lines) {
    const found = headerOf(line);
    if (found !== undefined) {
      inSection = found === header;
      if (inSection && !written) {
        kept.push(...section);
        written = true;
      }
      if (inSection) continue;
    }
    // Comments and blank lines at the end of the section belong to what follows.
    if (!inSection || isBetween(line)) kept.push(line);
  }
  if (!written) {
    if (kept.length > 0 && kept.at(-1)?.trim() !== '') kept.push('');
    kept.push(...section);
  }
  return `${kept.join('\n')}\n`;
}

/** `[default]` and `[profile default]` are one and the same for every SDK, and so is space inside the brackets. */
function headerOf(line: string): string | undefined {
  return /^\s*\[\s*([^\]]*?)\s*\]/.exec(line)?.[1]?.replace(/\s+/g, ' ');
}

function isBetween(line: string): boolean {
  return /^\s*(?:[#;].*)?$/.test(line);
}

/** Header of a profile in the `config` file; in the `credentials` file it is the bare name. */
export function configHeader(profile: string): string {
  return profile === 'default' ? 'default' : `profile ${profile}`;
}

/** The profile's keys in the `credentials` file. */
export function credentialsSection({ credentials }: Session): Record<string, string | Secret> {
  return {
    aws_access_key_id: credentials.accessKeyId,
    aws_secret_access_key: credentials.secretAccessKey,
    aws_session_token: credentials.sessionToken,
  };
}
