import type { Command } from '../cli/command.ts';
import { COMPLETION_SCRIPTS, SHELLS } from '../cli/completion.ts';

export const completion: Command = {
  name: 'completion',
  about: 'print a completion script for a shell',
  operand: { name: 'SHELL', about: 'your shell', choices: SHELLS },
  options: {},
  notes: [
    'The script asks aws-oidc itself for the words, so aws-oidc must be in PATH: npm install -g @aws-oidc-assume/cli',
  ],
  examples: [
    { about: 'bash, in ~/.bashrc', line: 'source <(aws-oidc completion bash)' },
    { about: 'zsh, in ~/.zshrc after compinit', line: 'source <(aws-oidc completion zsh)' },
    { about: 'fish', line: 'aws-oidc completion fish > ~/.config/fish/completions/aws-oidc.fish' },
  ],
  async run({ operands }, { out }) {
    const shell = SHELLS.find((name) => name === operands[0]);
    if (shell !== undefined) out.write(COMPLETION_SCRIPTS[shell]);
    return 0;
  },
};
