import { type CiJob, sessionRun } from '@aws-oidc-assume/ci-systems';
import { Failure, type IdentityToken, type RunIdentity } from '@aws-oidc-assume/shared';
import { type Command, JSON_OPTION, type ParsedArguments } from '../../cli/command.ts';
import { columns, json, type Painter, painter, plain } from '../../cli/print.ts';
import { UsageError } from '../../cli/usage-error.ts';
import type { CliContext } from '../../context.ts';
import { nameOf, readBytes } from '../../input/files.ts';
import { findJob, TOKEN_OPTIONS } from '../../input/find-job.ts';
import { readToken } from '../../input/read-token.ts';
import { assumeOptions, readOption } from '../../options/assume-options.ts';
import { MOST_BYTES, readTrail, type TrailEvent } from './cloudtrail.ts';
import { runRows } from './run-rows.ts';
import { subjectRows, type TokenView, tokenView } from './token-view.ts';

export const inspect: Command = {
  name: 'inspect',
  about: 'show what is in an identity token and what IAM can match of it, or the run behind a session name',
  options: {
    ...TOKEN_OPTIONS,
    ...assumeOptions('roleArn'),
    'session-name': { value: 'NAME', about: 'show the run behind a role session name' },
    cloudtrail: { value: 'FILE', about: 'show the runs behind the events of a CloudTrail file, - for standard input' },
    ...JSON_OPTION,
  },
  notes: [
    'The token is decoded, not verified: AWS verifies it. The token itself is never printed.',
    'With the ARN of a role, the output also names the identity provider that AWS will look for.',
  ],
  examples: [
    { about: 'in a CI job', line: 'aws-oidc inspect' },
    {
      about: 'in a script of Azure Pipelines, for a service connection of the job',
      line: 'aws-oidc inspect --service-connection-id 8c7b6a59-4837-4261-8504-f3e2d1c0b999',
    },
    { about: 'any token', line: 'aws-oidc inspect --token-file token.txt --json' },
    { about: 'who was that in CloudTrail?', line: 'aws-oidc inspect --session-name bitbucket,acme,shop,42,1f0c9a2b' },
    { about: 'all at once', line: 'aws cloudtrail lookup-events | aws-oidc inspect --cloudtrail -' },
  ],
  async run(args, context) {
    const name = args.text('session-name');
    const trail = args.text('cloudtrail');
    if (name !== undefined && trail !== undefined) {
      throw new UsageError('--session-name and --cloudtrail are alternatives: give one of them.');
    }
    if (name !== undefined) return inspectSession(name, args, context);
    if (trail !== undefined) return inspectTrail(trail, args, context);
    return inspectToken(args, context);
  },
};

async function inspectToken(args: ParsedArguments, context: CliContext): Promise<number> {
  const roleArn = readOption('roleArn', args, context.env)?.arn;
  const job = await findJob(args, context);
  const token = await readToken(job, context);
  const view = tokenView(token, context.now(), roleArn);
  if (args.flag('json')) {
    context.out.write(json({ ciSystem: job.name, origin: job.origin, run: runOf(job, token), ...view }));
    return 0;
  }
  const paint = painter(context.out, context.env);
  const title = `Identity token of ${job.name} (${plain(job.origin, 200)})`;
  context.out.write(`${[paint('bold', title), ...tokenText(view, paint)].join('\n')}\n`);
  return 0;
}

function tokenText(view: TokenView, paint: Painter): string[] {
  const keys = Object.entries(view.conditionKeys).map(([key, value]) => [plain(key), displayed(value)] as const);
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', paint('bold', title), ...lines];
  return [
    ...columns([
      ['issued', timeText(view.issuedAt, view.age)],
      ['expires', timeText(view.expiresAt, view.expiresIn === undefined ? undefined : -view.expiresIn)],
    ]),
    ...section(
      'Claims',
      columns(Object.entries(view.claims).map(([name, value]) => [plain(name, 100), displayed(value)])),
    ),
    ...section(
      'Subject',
      view.subject === undefined ? [] : columns(subjectRows(view.subject).map(([name, value]) => [name, plain(value)])),
    ),
    ...section('IAM can match', columns(keys)),
    ...section(
      'No condition key of the issuer (a condition on <issuer>:<claim> never holds)',
      view.unmatchable.length === 0 ? [] : [`  ${view.unmatchable.map((claim) => plain(claim, 100)).join(', ')}`],
    ),
    ...section(
      'Identity provider AWS looks for',
      view.identityProvider === undefined ? [] : [`  ${plain(view.identityProvider)}`],
    ),
    ...section(
      'Notes',
      view.notes.map((note) => `  ${note}`),
    ),
  ];
}

/** @param past seconds since then; negative for the future */
function timeText(time: string | undefined, past: number | undefined): string {
  if (time === undefined || past === undefined) return '(the token does not say)';
  return `${time} (${past < 0 ? `in ${-past} s` : `${past} s ago`})`;
}

function displayed(value: unknown): string {
  return plain(typeof value === 'string' ? value : JSON.stringify(value), 300);
}

function inspectSession(name: string, args: ParsedArguments, { out }: CliContext): number {
  const run = sessionRun(name);
  if (run === undefined) throw new UsageError(`"${plain(name, 100)}" is not a role session name of this project.`);
  out.write(args.flag('json') ? json(run) : `${columns(runRows(run)).join('\n')}\n`);
  return 0;
}

async function inspectTrail(file: string, args: ParsedArguments, context: CliContext): Promise<number> {
  const events = readTrail(await readBytes(file, context, MOST_BYTES), nameOf(file));
  if (args.flag('json')) {
    context.out.write(json({ events }));
    return 0;
  }
  const paint = painter(context.out, context.env);
  context.out.write(`${events.map((event) => trailText(event, paint).join('\n')).join('\n\n')}\n`);
  return 0;
}

function trailText(event: TrailEvent, paint: Painter): string[] {
  const { run, role, sessionName, subject, sourceIp, error } = event;
  const rows: [string, string | undefined][] = [
    ['role', role],
    ['session name', sessionName],
    ['subject', subject],
    ['from', sourceIp],
    ['error', error],
  ];
  const present = rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, plain(value)] as const]));
  const runRow =
    run === undefined ? [['run', '(the session name was not made by this project)'] as const] : runRows(run);
  return [
    paint('bold', `${plain(event.time ?? '(no time)', 40)} ${plain(event.action, 100)}`),
    ...columns([...present, ...runRow.map(([name, value]) => [name, plain(value)] as const)]),
  ];
}

/** The run of the job. A variable that contradicts the token does not prevent its inspection. */
function runOf(job: CiJob, token: IdentityToken): RunIdentity | { readonly problem: string } {
  try {
    return job.run(token).identity;
  } catch (error) {
    return { problem: Failure.from(error).message };
  }
}
