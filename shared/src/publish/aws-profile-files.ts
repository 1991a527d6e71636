import { Failure } from '../core/failure.ts';
import type { Secret } from '../core/secret.ts';
import type { Session } from '../sts/assumed-credentials.ts';
import { revealed } from './aws-environment.ts';

/**
 * The text of an AWS `config` or `credentials` file with one section set to these values. All other lines, comments and
 * the order of sections stay as they were; a section of that name is replaced whole, and one that comes twice becomes
 * one.
 *
 * @throws Failure `CannotPublish` where a value cannot stand in such a file
 * @param header what stands between the brackets: `default`, `profile x` in a config file, `x` in a credentials file
 */
export function withSection(text: string, header: string, values: Readonly<Record<string, string | Secret>>): string {
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const section = [`[${header}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${iniValue(key, value)}`)];
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
    }
    // Of the section itself only comments and blank lines stay: those at its end belong to what follows.
    if (!inSection || isBetween(line)) kept.push(line);
  }
  if (!written) {
    const last = kept.at(-1);
    if (last !== undefined && last.trim() !== '') kept.push('');
    kept.push(...section);
  }
  return `${kept.join('\n')}\n`;
}

/** One line, and nothing that any SDK takes for a comment: the JavaScript SDK cuts at ` #` and ` ;`. */
function iniValue(key: string, value: string | Secret): string {
  const text = revealed(value);
  if (text === '' || text !== text.trim() || /[\r\n\0]|(?:^|\s)[#;]/.test(text)) {
    throw new Failure('CannotPublish', `${key} has a value that AWS configuration files cannot hold.`);
  }
  return text;
}

/**
 * `[default]` and `[profile default]` are one and the same for every SDK (the AWS CLI even takes the latter first), and
 * so are quoted names and space inside the brackets.
 */
function headerOf(line: string): string | undefined {
  const name = /^\s*\[([^\]]*)\]/.exec(line)?.[1];
  if (name === undefined) return undefined;
  const header = name.trim().replace(/["']/g, '').replace(/\s+/g, ' ');
  return header === 'profile default' ? 'default' : header;
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
