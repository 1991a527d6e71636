import type { Argument, Command as Program } from 'commander';

/** Answer of `candidates` if the shell should offer file names. */
const FILES = ':files';
/** Answer of `candidates` if the shell should offer the commands it knows. */
const COMMANDS = ':commands';

/**
 * Words that can stand at the cursor, or `:files` or `:commands` if the shell knows them.
 * @param words words of the command line after `aws-oidc`, the last one up to the cursor
 */
export function candidates(program: Program, words: readonly string[]): string[] {
  const current = words.at(-1) ?? '';
  const { command, operands, option } = position(program, words.slice(0, -1));
  const matching = (names: readonly string[]) => names.filter((name) => name.startsWith(current));
  if (option !== undefined) {
    return option.argChoices === undefined ? filesFor(option.flags) : matching(option.argChoices);
  }
  const [argument] = command.registeredArguments;
  if (argument?.variadic === true && operands > 0) return [FILES];
  if (current.startsWith('-')) return matching(['--help', ...command.options.map(({ long }) => long ?? '')].sort());
  if (command.commands.length > 0) return matching(command.commands.map((child) => child.name()));
  if (argument === undefined || operands > 0) return [];
  return argument.argChoices === undefined ? operandFromShell(argument) : matching(argument.argChoices);
}

/** Command of the line, number of its operands so far, and the option that still lacks its value. */
function position(program: Program, words: readonly string[]) {
  let command = program;
  let operands = 0;
  let option: Program['options'][number] | undefined;
  for (const word of words) {
    if (option !== undefined) {
      option = undefined;
    } else if (word.startsWith('-')) {
      option = command.options.find(({ long, required }) => required && long === word);
    } else {
      const child = command.commands.find((one) => one.name() === word);
      if (child === undefined) operands += 1;
      // `help trust lint` continues at the top.
      else command = child.name() === 'help' ? program : child;
    }
  }
  return { command, operands, option };
}

function filesFor(placeholder: string): string[] {
  return placeholder.includes('FILE') ? [FILES] : [];
}

/** A variadic operand is a program to run, followed by its arguments. */
function operandFromShell(argument: Argument): string[] {
  return argument.variadic ? [COMMANDS] : filesFor(argument.name());
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Scripts that ask the program itself at each completion, so they always match it. */
export const COMPLETION_SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `# bash completion of aws-oidc. In ~/.bashrc: source <(aws-oidc completion bash)
_aws_oidc() {
  local IFS=$'\\n' current="\${COMP_WORDS[COMP_CWORD]}" found
  found=$(aws-oidc __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case "$found" in
    ${FILES}) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
    ${COMMANDS}) COMPREPLY=($(compgen -c -- "$current")) ;;
    *) COMPREPLY=($found) ;;
  esac
}
complete -F _aws_oidc aws-oidc
`,
  zsh: `#compdef aws-oidc
# zsh completion of aws-oidc. In ~/.zshrc, after compinit: source <(aws-oidc completion zsh)
_aws_oidc() {
  local found
  found=$(aws-oidc __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  case $found in
    ${FILES}) _files ;;
    ${COMMANDS}) _command_names -e ;;
    ?*) compadd -- "\${(@f)found}" ;;
  esac
}
compdef _aws_oidc aws-oidc
`,
  fish: `# fish completion of aws-oidc. Save as ~/.config/fish/completions/aws-oidc.fish
function __aws_oidc_complete
    set -l found (aws-oidc __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
    switch "$found"
        case ${FILES}
            __fish_complete_path (commandline -ct)
        case ${COMMANDS}
            complete -C (commandline -ct)
        case '*'
            string join \\n -- $found
    end
end
complete -c aws-oidc -f -a '(__aws_oidc_complete)'
`,
};
