import path from 'node:path';
import { Failure } from '@aws-oidc-assume/shared';

/** A program with one argument, as AWS tools are to run it. */
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
 * Returns a command that every AWS tool reads alike.
 * @param id beginning of the name of the batch file
 * @throws Failure `CannotPublish` for a path that cannot be written so
 */
export function processCommand(process: Process, platform: NodeJS.Platform, id: string): ProcessCommand {
  return platform === 'win32' ? windowsCommand(process, id) : { line: posixLine(process), warnings: [] };
}

/**
 * Backslashes, because no quote does for all. botocore splits the line by the rules of Python's shlex and the other SDKs
 * give it to `sh -c`: both read a backslash alike. The SDK for Go, however, removes a quote at the beginning of a value
 * together with the same quote at its end (aws-sdk-go-v2, config/internal/ini/strings.go), which makes one word of three.
 */
function posixLine({ node, script, argument }: Process): string {
  return [node, script, argument].map((word) => word.replace(/[^\w./\u0080-\u{10ffff}-]/gu, '\\$&')).join(' ');
}

/**
 * The name of a batch file. botocore splits the line as Windows programs do; the SDK for JavaScript gives it to
 * `cmd.exe /d /s /c`, the others to `cmd.exe /c`, which removes the first and the last quote of several. Only one word,
 * quoted where it must be, survives all three.
 */
function windowsCommand({ node, script, argument }: Process, id: string): ProcessCommand {
  const { dirname, basename, join } = path.win32;
  const name = `${id}.cmd`;
  const file = join(dirname(script), name);
  for (const word of [node, file]) refuseForWindows(word);
  const contents = [
    // In a batch file a percent sign is doubled; `%~dp0` is the folder of the batch file itself.
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
