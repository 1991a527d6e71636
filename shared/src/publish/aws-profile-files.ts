import { Failure } from '../core/failure.ts';
import type { Secret } from '../core/secret.ts';
import type { Options } from '../options/options.ts';
import type { Session } from '../sts/assumed-credentials.ts';
import { plainText } from './aws-environment.ts';
import { profileOf } from './expose-mode.ts';
import type { SealedKind } from './file-kinds.ts';
import type { OutputFile } from './output-folder.ts';

/** Names of the AWS files in an output folder. */
export const CONFIG_NAME = 'config';
export const CREDENTIALS_NAME = 'credentials';

/** Sections of an AWS file by their headers, in order. */
type Sections = ReadonlyMap<string, Readonly<Record<string, string>>>;

type Section = Readonly<Record<string, string | Secret>>;

/** Keys of a section in the `config` file. `credential_process` is a command that AWS tools run. */
const CONFIG_KEYS = ['region', 'credential_process'] as const;
const CREDENTIAL_KEYS = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'] as const;

/** A profile's name between brackets, as the option `profile` allows it. */
const HEADER = /^\[((?:profile )?[\w.@+-]{1,64})\]$/;
const PAIR = /^([a-z_]+) = (.+)$/;

/**
 * The kinds of the AWS files in an output folder.
 *
 * @param configKeys of a section; an adapter that never writes a command accepts none
 */
export function profileKinds(configKeys: readonly (typeof CONFIG_KEYS)[number][]): SealedKind[] {
  return [profileFile(CONFIG_NAME, configKeys), profileFile(CREDENTIALS_NAME, CREDENTIAL_KEYS)];
}

function profileFile(name: string, keys: readonly string[]): SealedKind {
  return {
    name,
    comment: ';',
    note: '',
    accepts: (body) => parseSections(body, keys) !== undefined,
    withoutSecrets: (text) => renderSections(headersOf(text)),
  };
}

/** Returns the text of an AWS file with these sections set, others of this run kept. */
function withSections(
  existingText: string | undefined,
  keys: readonly string[],
  sections: ReadonlyMap<string, Section>,
): string {
  const all = new Map(existingText === undefined ? [] : parseSections(existingText, keys));
  for (const [header, values] of sections) {
    const texts = Object.entries(values).map(([key, value]) => [key, iniValue(key, value)] as const);
    all.set(header, Object.fromEntries(texts));
  }
  return renderSections(all);
}

/** Parses an AWS file. Undefined if a line is neither a header, nor one of the keys, nor empty. */
function parseSections(body: string, keys: readonly string[]): Sections | undefined {
  const sections = new Map<string, Record<string, string>>();
  let section: Record<string, string> | undefined;
  for (const line of body.split('\n').filter((text) => text !== '')) {
    const header = HEADER.exec(line)?.[1];
    const [, key = '', value = ''] = PAIR.exec(line) ?? [];
    if (header !== undefined && !sections.has(header)) {
      section = {};
      sections.set(header, section);
    } else if (section !== undefined && keys.includes(key) && !Object.hasOwn(section, key) && isIniValue(value)) {
      section[key] = value;
    } else {
      return undefined;
    }
  }
  return sections;
}

/** Returns the names of the profiles in any text, without their values. */
function headersOf(text: string): Sections {
  const headers = text.split('\n').flatMap((line) => HEADER.exec(line)?.[1] ?? []);
  return new Map(headers.map((header) => [header, {}]));
}

function renderSections(sections: Sections): string {
  return [...sections]
    .map(([header, values]) =>
      [`[${header}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`), ''].join('\n'),
    )
    .join('\n');
}

/** @throws Failure `CannotPublish` if a value cannot be written to such a file */
function iniValue(key: string, value: string | Secret): string {
  const text = plainText(value);
  if (!isIniValue(text)) {
    throw new Failure('CannotPublish', `${key} has a value that AWS configuration files cannot hold.`);
  }
  return text;
}

/**
 * Whether every SDK reads the value unchanged. The SDK for JavaScript cuts at ` #` and ` ;`. The SDK for Go removes a
 * quote at the beginning together with the same quote at the end (aws-sdk-go-v2, config/internal/ini/strings.go). That
 * is harmless for one quoted word, but merges several words.
 */
function isIniValue(text: string): boolean {
  const isSeveralWords = /^(["'`]).*\1.*\1$/.test(text);
  return text !== '' && text === text.trim() && !/[\r\n\0]|(?:^|\s)[#;]/.test(text) && !isSeveralWords;
}

/** Header of a profile in the `config` file. In the `credentials` file it is only the name. */
function configHeader(profile: string): string {
  return profile === 'default' ? 'default' : `profile ${profile}`;
}

/** The profile's keys in the `credentials` file. */
function credentialsSection({
  credentials,
}: Session): Readonly<Record<(typeof CREDENTIAL_KEYS)[number], string | Secret>> {
  return {
    aws_access_key_id: credentials.accessKeyId,
    aws_secret_access_key: credentials.secretAccessKey,
    aws_session_token: credentials.sessionToken,
  };
}

/** Returns the files with each session as a profile: the region in one, the credentials in the other. */
export function profileFiles(sessions: readonly Session[], { region }: Pick<Options, 'region'>): OutputFile[] {
  const config = sessions.map((session) => [configHeader(profileOf(session)), { region }] as const);
  const credentials = sessions.map((session) => [profileOf(session), credentialsSection(session)] as const);
  return [sectionFile(CONFIG_NAME, CONFIG_KEYS, config), sectionFile(CREDENTIALS_NAME, CREDENTIAL_KEYS, credentials)];
}

/** Returns the files for a profile with credentials from a program. */
export function processProfileFiles(
  session: Session,
  { region }: Pick<Options, 'region'>,
  command: string,
): OutputFile[] {
  const profile = profileOf(session);
  return [
    sectionFile(CONFIG_NAME, CONFIG_KEYS, [[configHeader(profile), { region, credential_process: command }]]),
    // Keys under that name from an earlier step would override the program.
    sectionFile(CREDENTIALS_NAME, CREDENTIAL_KEYS, [[profile, {}]]),
  ];
}

function sectionFile(
  name: string,
  keys: readonly string[],
  sections: readonly (readonly [string, Section])[],
): OutputFile {
  return { name, contents: (existingText) => withSections(existingText, keys, new Map(sections)) };
}
