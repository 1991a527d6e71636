import { Failure, shellWord } from '@aws-oidc-assume/shared';

/**
 * A command for `credential_process`, quoted for everybody who reads it.
 *
 * Elsewhere than on Windows botocore splits it by the rules of Python's shlex and the other SDKs (JavaScript, Java, Go)
 * give it to `sh -c`: between single quotes nothing is special for either. On Windows botocore splits it as programs of
 * Windows do and the others give it to `cmd.exe /c`: double quotes, and no sign that cmd.exe acts on even there.
 * @throws Failure `CannotPublish` where a path cannot be quoted so
 */
export function processCommand(words: readonly string[], platform: NodeJS.Platform): string {
  return words.map(platform === 'win32' ? windowsWord : shellWord).join(' ');
}

function windowsWord(word: string): string {
  const [special] = /["%\r\n]/.exec(word) ?? [];
  if (special !== undefined) {
    throw new Failure(
      'CannotPublish',
      `The path ${word} holds ${JSON.stringify(special)}, which the command line of Windows acts on.`,
      { changes: ['Give the agent a work folder without such signs, or use expose: profile.'] },
    );
  }
  // Backslashes before the quote would escape it.
  return `"${word.replace(/\\+$/, '$&$&')}"`;
}

/** The AWS CLI on Windows reads its files in the code page of the system, the SDK for JavaScript in UTF-8. */
export function isReadAlike(text: string, platform: NodeJS.Platform): boolean {
  return platform !== 'win32' || /^[\u0020-\u007e]*$/.test(text);
}
