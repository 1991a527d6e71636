import type { Command } from '../cli/command.ts';
import { completionScript, SHELLS } from '../cli/completion.ts';
import { UsageError } from '../cli/usage-error.ts';

/** @param all every command, this one included */
export function completionCommand(all: () => readonly Command[]): Command {
  return {
    name: 'completion',
    about: 'print a completion script for a shell',
    operands: 'SHELL',
    count: { least: 1, most: 1 },
    choices: SHELLS,
    options: {},
    notes: [`SHELL is one of ${SHELLS.join(', ')}.`],
    examples: [
      { about: 'bash, in ~/.bashrc', line: 'source <(aws-oidc completion bash)' },
      { about: 'zsh, in ~/.zshrc after compinit', line: 'source <(aws-oidc completion zsh)' },
      { about: 'fish', line: 'aws-oidc completion fish > ~/.config/fish/completions/aws-oidc.fish' },
    ],
    async run({ operands }, { out }) {
      const shell = SHELLS.find((name) => name === operands[0]);
      if (shell === undefined)
        throw new UsageError(`There is no completion for "${operands[0]}": ${SHELLS.join(', ')}.`);
      out.write(completionScript(shell, all()));
      return 0;
    },
  };
}
