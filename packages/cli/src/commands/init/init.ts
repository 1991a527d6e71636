import type { Command } from '../../cli/command.ts';
import { painter, plain } from '../../cli/print.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { Cancelled, type CliContext } from '../../context.ts';
import { SEVERAL_SCOPES } from '../../options/scope-options.ts';
import {
  createCommand,
  INFRASTRUCTURE,
  type Infrastructure,
  type PipelineSetup,
  type Setup,
  setupFiles,
} from '../../setup/setup.ts';
import {
  PIPELINE_OPTIONS,
  pipelineSetupOf,
  ROLE_OPTIONS,
  TRUST_OPTIONS,
  withOptionNames,
} from '../../setup/setup-options.ts';
import { writeFiles } from '../../setup/write-files.ts';
import { askMissing, SYSTEMS, systemOf } from './questions.ts';

const CANCELLED = 130;

export const init: Command = {
  name: 'init',
  about: 'write a pipeline that deploys to AWS without stored keys, and what it needs in AWS',
  options: {
    system: { value: 'SYSTEM', about: 'the CI system', choices: SYSTEMS },
    ...TRUST_OPTIONS,
    ...ROLE_OPTIONS,
    format: { value: 'FORMAT', about: 'how to create what is needed in AWS (cloudformation)', choices: INFRASTRUCTURE },
    output: { value: 'DIR', about: 'the folder of the repository (the current one)' },
    ...PIPELINE_OPTIONS,
  },
  notes: [
    'At a terminal it asks for everything that the options leave open. Otherwise it names the missing options. Existing files are never overwritten.',
    SEVERAL_SCOPES,
  ],
  examples: [
    { about: 'answer its questions', line: 'aws-oidc init' },
    {
      about: 'without questions',
      line: 'aws-oidc init --system azure-devops --organization acme --organization-id 2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55 --project shop --service-connection aws-deploy --account 123456789012 --region eu-west-1 --allow-ecr-push acme/shop',
    },
  ],
  async run(args, context) {
    try {
      const answers = context.ask === undefined ? args : await askMissing(args, context.ask);
      const system = systemOf(answers);
      if (system === undefined) throw new UsageError(`--system is missing: ${SYSTEMS.join(' or ')}.`);
      const setup = pipelineSetupOf(system, answers);
      const infrastructure = INFRASTRUCTURE.find((name) => name === answers.text('format')) ?? 'cloudformation';
      const files = withOptionNames(answers, () => setupFiles(setup, infrastructure, context.version));
      const folder = answers.text('output') ?? '.';
      await writeFiles(folder, files, context);
      context.out.write(report(setup, { infrastructure, folder, paths: files.map(({ path }) => path) }));
      printNotes(setup, context);
      return 0;
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      context.err.write('Cancelled: nothing was written.\n');
      return CANCELLED;
    }
  },
};

interface WrittenSetup {
  readonly infrastructure: Infrastructure;
  readonly folder: string;
  readonly paths: readonly string[];
}

function report(setup: PipelineSetup, { infrastructure, folder, paths }: WrittenSetup): string {
  const [pipelineFile = ''] = paths;
  const where = folder === '.' ? '' : ` in ${plain(folder, 300)}`;
  return `Wrote ${paths.join(', ')}${where}.
${preparation(setup)}
Then run${where}:
  ${createCommand(setup, infrastructure)}
  git add ${pipelineFile} aws && git commit -m 'Deploy to AWS without stored keys'
  git push
`;
}

/** Things to do by hand before the pipeline runs. */
function preparation({ scopes, permissions }: Setup): string {
  const [scope] = scopes;
  const buckets = permissions.flatMap((permission) => (permission.preset === 's3-sync' ? [permission.bucket] : []));
  const lines = [
    ...(scope?.provider === 'azure-devops' ? azurePreparation(scope.serviceConnection) : []),
    ...[...new Set(buckets)].map((bucket) => `The bucket ${plain(bucket, 300)} must exist.`),
  ];
  return lines.length === 0 ? '' : `\n${lines.join('\n')}\n`;
}

function azurePreparation(connection: string | undefined): string[] {
  const extension = 'First install the extension AWS OIDC Assume in the organization.';
  if (connection === undefined) return [extension];
  const name = plain(connection, 300);
  return [
    extension,
    `Create the service connection ${name}: Project settings › Service connections › New › AWS OIDC federation.`,
  ];
}

const EXISTING_PROVIDER =
  'If the account already has the identity provider, run this again with --existing-provider (in another folder, or remove these files first).';

function printNotes({ trust, permissions, identityProvider }: Setup, { ask, err, env }: CliContext): void {
  const paint = painter(err, env);
  const notes = [
    ...trust.notes,
    // At a terminal this was a question.
    ...(ask === undefined && identityProvider === 'create' ? [EXISTING_PROVIDER] : []),
    ...(permissions.length > 0
      ? []
      : ['The role may do nothing yet. Add permissions to it, or run this again with --allow-….']),
  ];
  for (const note of notes) err.write(`${paint('dim', 'note:')} ${plain(note)}\n`);
}
