/** Completes a line of aws-oidc in a real shell, as a person would. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

export type Shell = 'bash' | 'zsh' | 'fish';

/** Keys that insert every completion of the word at the cursor. */
const INSERT_ALL = { bash: '\u001b*', zsh: '\t\u0018a' } as const;
const LINE_START = '\u0001';

const START = {
  bash: ['bash', '--norc', '--noprofile', '-i'],
  zsh: ['zsh', '-f', '-i'],
} as const;

/** zsh inserts all matches with a widget from its manual (`_all_matches`). */
const SETUP = {
  bash: `bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; source <(aws-oidc completion bash)`,
  zsh: `autoload -Uz compinit; compinit -D -u; unsetopt beep
zle -C all-matches complete-word _generic; bindkey '^Xa' all-matches
zstyle ':completion:all-matches:*' old-matches only
zstyle ':completion:all-matches::::' completer _all_matches
source <(aws-oidc completion zsh)`,
} as const;

/**
 * Completes each line in one shell.
 *
 * @param env has the PATH with `aws-oidc`, and a separate HOME
 * @returns for each line the words that the shell offers for its last word
 */
export function complete(shell: Shell, lines: readonly string[], env: NodeJS.ProcessEnv): Promise<string[][]> {
  return shell === 'fish' ? Promise.resolve(completeInFish(lines, env)) : completeOnTerminal(shell, lines, env);
}

/** fish prints the completions of a line itself. */
function completeInFish(lines: readonly string[], env: NodeJS.ProcessEnv): string[][] {
  const script = `aws-oidc completion fish | source
for line in $argv
    complete -C $line
    printf '\\0'
end`;
  const { stdout, stderr, status } = spawnSync('fish', ['-N', '-c', script, ...lines], { encoding: 'utf8', env });
  if (status !== 0 || stderr !== '') throw new Error(`fish ended with ${status}: ${stderr}`);
  return lines.map((_, index) =>
    (stdout.split('\0')[index] ?? '').split('\n').flatMap((line) => (line === '' ? [] : [line.replace(/\t.*/, '')])),
  );
}

async function completeOnTerminal(
  shell: 'bash' | 'zsh',
  lines: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string[][]> {
  // script(1) gives the shell a terminal.
  const child = spawn('script', ['-qfec', START[shell].join(' '), '/dev/null'], {
    env: { ...env, TERM: 'dumb', SHELL: '/bin/sh', PS1: '> ' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const terminal = new Terminal(child);
  try {
    child.stdin.write(`${SETUP[shell]}\nprintf '{%s}\\n' ready\n`);
    await terminal.match(/\{ready\}/);
    const offered: string[][] = [];
    for (const line of lines) offered.push(await completeLine(shell, line, terminal));
    return offered;
  } finally {
    child.stdin.end('exit\n');
    await once(child, 'close');
  }
}

/** Turns the completed line into the arguments of printf and runs it. */
async function completeLine(shell: 'bash' | 'zsh', line: string, terminal: Terminal): Promise<string[]> {
  terminal.type(`${line}${INSERT_ALL[shell]}${LINE_START}printf '{%s}' \nprintf '{%s}\\n' end\n`);
  const [, offered = ''] = await terminal.match(/\{aws-oidc\}((?:\{[^}]*\})*)[\s\S]*?\{end\}/);
  const words = [...offered.matchAll(/\{([^}]*)\}/g)].map(([, word = '']) => word);
  const typed = line.split(' ');
  // If there is no completion, the last word stays as typed.
  return words.slice(typed.length - 2).filter((word) => word !== typed.at(-1) && word !== '');
}

class Terminal {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  #output = '';

  constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
    });
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** Waits for the text and removes everything up to its end. */
  async match(pattern: RegExp): Promise<RegExpExecArray> {
    for (const end = Date.now() + 30_000; Date.now() < end; await delay(10)) {
      const match = pattern.exec(this.#output);
      if (match === null) continue;
      this.#output = this.#output.slice(match.index + match[0].length);
      return match;
    }
    throw new Error(`The shell did not print ${pattern}. It printed: ${JSON.stringify(this.#output)}`);
  }
}
