import { FAILURES, Failure, type IdentityToken, readEndpointVariant, stsEndpointOf } from '@aws-oidc-assume/shared';
import { type Command, JSON_OPTION, type ParsedArguments } from '../../cli/command.ts';
import { json, type Painter, painter, plain, type Style } from '../../cli/print.ts';
import type { CliContext } from '../../context.ts';
import { findJob, TOKEN_OPTIONS } from '../../input/find-job.ts';
import { readToken, refuseWrongProxy } from '../../input/read-token.ts';
import { assumeOptions, readOption } from '../../options/assume-options.ts';
import { type Check, fail, warn } from './check.ts';
import { environmentChecks } from './environment.ts';
import { issuerFetcher } from './fetch-json.ts';
import { issuerChecks } from './issuer.ts';
import { roleChecks } from './role.ts';
import { stsChecks } from './sts.ts';
import { tokenChecks } from './token.ts';

const LIMIT_SECONDS = 60;

export const doctor: Command = {
  name: 'doctor',
  about: 'check everything between this job and AWS that can be checked from here',
  options: {
    ...TOKEN_OPTIONS,
    ...assumeOptions('roleArn', 'region', 'stsEndpoint'),
    ...JSON_OPTION,
  },
  notes: [
    "Checks the token, the issuer's discovery document and keys, the signature, STS (through the proxy, if there is one), the clock, and variables that would get in the way. Nothing is assumed and nothing is changed.",
    'Exit status 1 if a check fails.',
  ],
  examples: [
    {
      about: 'in a CI job',
      line: 'aws-oidc doctor --role-arn arn:aws:iam::123456789012:role/deploy --region eu-west-1',
    },
  ],
  async run(args, context) {
    const checks = await allChecks(args, context);
    const paint = painter(context.out, context.env);
    context.out.write(
      args.flag('json') ? json({ checks }) : `${checks.flatMap((check) => text(check, paint)).join('\n')}\n`,
    );
    return checks.some(({ status }) => status === 'fail') ? 1 : 0;
  },
};

async function allChecks(args: ParsedArguments, context: CliContext): Promise<Check[]> {
  // Every check that needs the network would fail as well.
  refuseWrongProxy(context);
  const roleArn = readOption('roleArn', args, context.env)?.arn;
  const region = readOption('region', args, context.env);
  const { endpointVariant } = readEndpointVariant(context.env);
  const ofRegion = region === undefined ? undefined : stsEndpointOf(region, endpointVariant);
  const endpoint = readOption('stsEndpoint', args, context.env) ?? ofRegion;
  const runtime = context.runtime();
  const limit = new Failure('TimedOut', `${LIMIT_SECONDS} seconds passed.`);
  const signal = AbortSignal.any([runtime.cancelled, runtime.deadline(LIMIT_SECONDS * 1000, limit).signal]);
  const { token, checks: ofToken } = await readAndCheck(args, context);
  const [ofIssuer, ofSts] = await Promise.all([
    token === undefined ? [] : issuerChecks(token, issuerFetcher({ network: context, endpoint, signal })),
    endpoint === undefined
      ? [warn('sts', 'not checked: no region is given', 'Give --region, or set AWS_REGION.')]
      : stsChecks(endpoint, context, signal),
  ]);
  return [
    ...ofToken,
    ...ofIssuer,
    ...roleChecks(roleArn, region, token?.issuer),
    ...ofSts,
    ...environmentChecks(context.env),
  ];
}

/** Reads and checks the token. A failure is a failed check, because the other checks still help. */
async function readAndCheck(
  args: ParsedArguments,
  context: CliContext,
): Promise<{ token?: IdentityToken; checks: Check[] }> {
  try {
    const job = await findJob(args, context);
    const token = await readToken(job, context);
    return { token, checks: tokenChecks(token, job.origin, context.now()) };
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'Cancelled') throw error;
    const { changes = [], answer } = error.details;
    const message = [error.message, answer?.message].filter(Boolean).join(' ');
    return { checks: [fail('token', message, changes[0] ?? FAILURES[error.code].fix)] };
  }
}

const STYLES: Readonly<Record<Check['status'], Style>> = { ok: 'green', warn: 'yellow', fail: 'red' };

function text({ name, status, message, change }: Check, paint: Painter): string[] {
  const line = `${paint(STYLES[status], status.padEnd(4))} ${name.padEnd(11)} ${plain(message, 600)}`;
  return change === undefined ? [line] : [line, ...change.split('\n').map((one) => `       → ${plain(one, 600)}`)];
}
