import { processCredentials } from '@aws-oidc-assume/shared';
import { assume } from '../assume.ts';
import { type Command, JSON_OPTION } from '../cli/command.ts';
import { TOKEN_OPTIONS } from '../input/find-job.ts';
import { ASSUME_OPTIONS } from '../options/assume-options.ts';
import { FORCE_OPTION, refuseTerminal } from '../options/credential-output.ts';

export const credentialProcess: Command = {
  name: 'credential-process',
  about: 'print short-lived credentials as AWS SDKs read them from a credential_process',
  options: { ...ASSUME_OPTIONS, ...TOKEN_OPTIONS, ...FORCE_OPTION, ...JSON_OPTION },
  notes: [
    'The SDK runs it again before the credentials expire. In Azure Pipelines and GitHub Actions every run gets a new token, so long jobs keep working; a step of Bitbucket Pipelines has one token, valid until it expires.',
    'The output is JSON with or without --json (AWS SDKs and Tools reference guide, process credential provider).',
  ],
  examples: [
    {
      about: 'in ~/.aws/config; on Windows write aws-oidc.cmd',
      line: '[profile deploy]\n  region = eu-west-1\n  credential_process = aws-oidc credential-process --role-arn arn:aws:iam::123456789012:role/deploy --region eu-west-1',
    },
  ],
  async run(args, context) {
    refuseTerminal(args, context, 'Name it as credential_process in a profile.');
    const { session } = await assume(args, context);
    context.out.write(`${processCredentials(session)}\n`);
    return 0;
  },
};
