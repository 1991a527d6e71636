import path from 'node:path';
import { Failure } from '@aws-oidc-assume/shared';

/** A program with one argument, for AWS tools to run. */
export interface Process {
  readonly node: string;
  /** Path of the script. */
  readonly script: string;
  /** Path of its argument, in the folder of the script. */
  readonly argument: string;
}

/** A command for `credential_process`, and the file that it needs. */
export interface ProcessCommand {
  readonly line: string;
  /** A batch file on Windows. */
  readonly batch?: { readonly name: string; readonly contents: string };
  readonly warnings: readonly string[];
}

/**
 * Returns a command that every AWS tool reads in the same way.
 *
 * @param id beginning of the name of the batch file
 * @throws Failure `CannotPublish` for an unsuitable path
 */
export function processCommand(process: Process, platform: NodeJS.Platform, id: string): ProcessCommand {
  return platform === 'win32' ? windowsCommand(process, id) : { line: posixLine(process), warnings: [] };
}

/**
 * Escapes with backslashes, because no quotes work everywhere. botocore splits the line by the rules of Python's shlex,
 * and the other SDKs pass it to `sh -c`. Both read a backslash in the same way. However, the SDK for Go removes a quote
 * at both ends of a value, which merges three words into one (aws-sdk-go-v2, config/internal/ini/strings.go).
 */
function posixLine({ node, script, argument }: Process): string {
  return [node, script, argument].map((word) => word.replace(/[^\w./\u0080-\u{10ffff}-]/gu, '\\$&')).join(' ');
}

/**
 * Name of a batch file as the command. botocore splits the line as Windows programs do. The SDK for JavaScript passes
 * it to `cmd.exe /d /s /c`, the others to `cmd.exe /c`, which removes the first and the last of several quotes. All
 * three accept only one word, quoted if necessary.
 */
function windowsCommand({ node, script, argument }: Process, id: string): ProcessCommand {
  const { dirname, basename, join } = path.win32;
  const name = `${id}.cmd`;
  const file = join(dirname(script), name);
  for (const word of [node, file]) refuseForWindows(word);
  const contents = [
    // A batch file needs a percent sign doubled; `%~dp0` is the folder of the batch file itself.
    `@"${node.replaceAll('%', '%%')}" "%~dp0${basename(script)}" "%~dp0${basename(argument)}"`,
    '',
  ].join('\r\n');
  return {
    line: /[^\w.:\\/~-]/.test(file) ? `"${file}"` : file,
    batch: { name, contents },
    warnings: windowsWarnings(node, file),
  };
}

/** @throws Failure for a character that ends a quoted word or is replaced in it */
function refuseForWindows(word: string): void {
  const [special] = /["%\r\n]/.exec(word) ?? [];
  if (special === undefined) return;
  throw new Failure(
    'CannotPublish',
    `The path ${word} holds ${JSON.stringify(special)}, which the command line of Windows acts on.`,
    { changes: ['Give the agent a work folder without such characters, or use expose: profile.'] },
  );
}

function windowsWarnings(node: string, file: string): string[] {
  const hasOthers = [node, file].some((word) => /[^\u0020-\u007e]/.test(word));
  return [
    ...(hasOthers
      ? [
          `The path ${file} or ${node} holds characters other than ASCII: the AWS CLI on Windows may misread it, and then finds no program. The SDK for JavaScript reads it well.`,
        ]
      : []),
    ...(/[&()^;,=!'+@[\]{}`]/.test(file)
      ? [
          `The path ${file} holds characters that cmd.exe acts on: the AWS SDKs for Go, Java, .NET, C++, PHP and Rust may not start the program. Give the agent a work folder without them, or use expose: profile.`,
        ]
      : []),
  ];
}
