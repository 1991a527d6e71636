import { shellWord } from '@aws-oidc-assume/shared';

/** Lines that a shell evaluates. */
interface ShellSyntax {
  unset(names: readonly string[]): string;
  set(name: string, value: string): string;
}

export const SHELL_NAMES = ['posix', 'fish', 'powershell'] as const;

export const SHELL_SYNTAX: Readonly<Record<(typeof SHELL_NAMES)[number], ShellSyntax>> = {
  posix: {
    unset: (names) => `unset ${names.join(' ')}`,
    set: (name, value) => `export ${name}=${shellWord(value)}`,
  },
  fish: {
    // A universal variable belongs to all sessions of the user. An empty one hides it and does not erase it.
    unset: (names) => `for name in ${names.join(' ')}; set -eg $name; set -qU $name; and set -gx $name; end`,
    set: (name, value) => `set -gx ${name} ${fishWord(value)}`,
  },
  powershell: {
    // An empty value would suffice in Windows PowerShell, but not in PowerShell 7.5 and newer.
    unset: (names) => `Remove-Item -ErrorAction Ignore ${names.map((name) => `Env:${name}`).join(',')}`,
    set: (name, value) => `$env:${name} = ${powerShellWord(value)}`,
  },
};

/** A fish word. Between single quotes only `\'` and `\\` are special (fish language reference, quotes). */
export function fishWord(value: string): string {
  refuseNul(value);
  return `'${value.replace(/['\\]/g, (character) => `\\${character}`)}'`;
}

/**
 * A PowerShell string. Between single quotes only the quote itself is special, and it is doubled. PowerShell also
 * treats the typographic quotes U+2018 to U+201B as quotes (about_Quoting_Rules).
 */
export function powerShellWord(value: string): string {
  refuseNul(value);
  return `'${value.replace(/['\u2018-\u201b]/g, (quote) => `${quote}${quote}`)}'`;
}

function refuseNul(value: string): void {
  if (value.includes('\0')) throw new RangeError('a variable cannot hold NUL');
}
