import type { Command, OptionTable } from './command.ts';
import { COMMON_OPTIONS } from './command-line.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A completion script, made from the commands' own tables. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
  }
}

/** First words, and for groups the second ones. */
function firstWords(commands: readonly Command[]): string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))];
}

function groups(commands: readonly Command[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name } of commands) {
    const [first = '', second] = name.split(' ');
    if (second !== undefined) found.set(first, [...(found.get(first) ?? []), second]);
  }
  return found;
}

function optionsOf({ options }: Command): OptionTable {
  return { ...options, ...COMMON_OPTIONS };
}

function flags(command: Command): string[] {
  return Object.keys(optionsOf(command)).map((name) => `--${name}`);
}

function bash(commands: readonly Command[]): string {
  const cases = (inGroup: boolean) =>
    commands
      .filter(({ name }) => name.includes(' ') === inGroup)
      .map(
        (command) => `    '${command.name}') words='${[...flags(command), ...(command.choices ?? [])].join(' ')}' ;;`,
      )
      .join('\n');
  const second = [...groups(commands)].map(([first, words]) => `    '${first}') words='${words.join(' ')}' ;;`);
  const values = Object.entries(mergedOptions(commands)).flatMap(([name, { value, choices }]) => {
    if (choices !== undefined)
      return [`    --${name}) COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$current")); return ;;`];
    if (value === 'FILE') return [`    --${name}) COMPREPLY=($(compgen -f -- "$current")); return ;;`];
    return value === undefined ? [] : [`    --${name}) return ;;`];
  });
  return `# bash completion of aws-oidc. In ~/.bashrc: source <(aws-oidc completion bash)
_aws_oidc() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ "\${COMP_WORDS[i]}" == -- ]]; then
      COMPREPLY=($(compgen -c -- "$current"))
      return
    fi
  done
  case "$previous" in
${values.join('\n')}
  esac
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${[...firstWords(commands), '--help', '--version'].join(' ')}' -- "$current"))
    return
  fi
  if ((COMP_CWORD == 2)); then
    case "\${COMP_WORDS[1]}" in
${second.join('\n')}
    esac
    if [[ -n "$words" ]]; then
      COMPREPLY=($(compgen -W "$words" -- "$current"))
      return
    fi
  fi
  case "\${COMP_WORDS[1]}" in
${cases(false)}
  esac
  case "\${COMP_WORDS[1]} \${COMP_WORDS[2]}" in
${cases(true)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ "$current" != -* && \${#COMPREPLY[@]} -eq 0 ]]; then
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -F _aws_oidc aws-oidc
`;
}

function zsh(commands: readonly Command[]): string {
  const plainCommands = commands.filter(({ name }) => !name.includes(' '));
  const groupCases = [...groups(commands)].map(([first, words]) => {
    const inner = words.map((word) => {
      const command = commands.find(({ name }) => name === `${first} ${word}`);
      return command === undefined ? '' : `          ${word}) _arguments ${zshArguments(command)} ;;`;
    });
    return `    ${first})
      if ((CURRENT == 2)); then
        _values '${first}' ${words.join(' ')}
      else
        shift words; ((CURRENT--))
        case $words[1] in
${inner.join('\n')}
        esac
      fi
      ;;`;
  });
  return `#compdef aws-oidc
# zsh completion of aws-oidc. In ~/.zshrc, after compinit: source <(aws-oidc completion zsh)
_aws_oidc() {
  if ((CURRENT == 2)); then
    _values 'command' ${firstWords(commands).join(' ')} --help --version
    return
  fi
  shift words; ((CURRENT--))
  case $words[1] in
${plainCommands.map((command) => `    ${command.name}) _arguments ${zshArguments(command)} ;;`).join('\n')}
${groupCases.join('\n')}
  esac
}
compdef _aws_oidc aws-oidc
`;
}

function zshArguments(command: Command): string {
  const specs = Object.entries(optionsOf(command)).map(([name, { about, value, choices, multiple }]) => {
    const described = `--${name}[${about.replace(/[[\]:']/g, ' ')}]`;
    const action = choices === undefined ? (value === 'FILE' ? '_files' : ' ') : `(${choices.join(' ')})`;
    const spec = value === undefined ? described : `${described}:${value.replace(/[[\]:']/g, ' ')}:${action}`;
    return `'${multiple === true ? '*' : ''}${spec}'`;
  });
  const operand = command.choices === undefined ? "'*::arguments:_normal'" : `'1:value:(${command.choices.join(' ')})'`;
  return [...specs, operand].join(' ');
}

function fish(commands: readonly Command[]): string {
  const first = firstWords(commands);
  const lines = [
    '# fish completion of aws-oidc. Save as ~/.config/fish/completions/aws-oidc.fish',
    'complete -c aws-oidc -f',
    ...first.map((word) => {
      const about = commands.find(({ name }) => name === word)?.about ?? 'trust policies';
      return `complete -c aws-oidc -n __fish_use_subcommand -a ${word} -d ${fishText(about)}`;
    }),
    ...[...groups(commands)].flatMap(([group, words]) =>
      words.map(
        (word) =>
          `complete -c aws-oidc -n '__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${words.join(' ')}' -a ${word}`,
      ),
    ),
    ...commands.flatMap((command) => {
      const condition = command.name
        .split(' ')
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join('; and ');
      const options = Object.entries(optionsOf(command)).map(([name, { about, value, choices }]) => {
        const argument =
          choices === undefined
            ? value === undefined
              ? ''
              : value === 'FILE'
                ? ' -r -F'
                : ' -x'
            : ` -x -a '${choices.join(' ')}'`;
        return `complete -c aws-oidc -n '${condition}' -l ${name}${argument} -d ${fishText(about)}`;
      });
      const operands =
        command.choices === undefined
          ? []
          : [`complete -c aws-oidc -n '${condition}' -a '${command.choices.join(' ')}'`];
      return [...options, ...operands];
    }),
  ];
  return `${lines.join('\n')}\n`;
}

function fishText(text: string): string {
  return `'${text.replace(/['\\]/g, (found) => `\\${found}`)}'`;
}

function mergedOptions(commands: readonly Command[]): OptionTable {
  return Object.assign({}, ...commands.map(optionsOf));
}
