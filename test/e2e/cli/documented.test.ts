/** Transcripts of docs/cli.md: each command prints the documented lines. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { snippetsOf } from '../../docs/snippets.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../../support/index.ts';
import { BUNDLE, type Environment } from './aws-oidc.ts';

const ISSUER = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const WORKSPACE_UUID = '6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11';
const AUDIENCE = `ari:cloud:bitbucket::workspace/${WORKSPACE_UUID}`;
const REPOSITORY = '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}';
const STEP = '165ac915-7f0c-4d3b-891f-507422848ec3';
const PROVIDER = `arn:aws:iam::123456789012:oidc-provider/${ISSUER}`;

/** A trust policy of the repository, with the operator that the documentation needs. */
const trustPolicy = (operator: 'StringEquals' | 'StringLike') => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${ISSUER}:aud`]: AUDIENCE,
          ...(operator === 'StringEquals' ? { [`${ISSUER}:sub`]: `${REPOSITORY}:*` } : {}),
        },
        ...(operator === 'StringLike' ? { StringLike: { [`${ISSUER}:sub`]: `${REPOSITORY}:*` } } : {}),
      },
    },
  ],
});

const CLAIMS = { iss: `https://${ISSUER}`, aud: AUDIENCE, sub: `${REPOSITORY}:{${STEP}}` };

const EVENT = {
  eventTime: '2026-11-22T12:00:05Z',
  eventSource: 's3.amazonaws.com',
  eventName: 'PutObject',
  sourceIPAddress: '203.0.113.7',
  userIdentity: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::123456789012:assumed-role/deploy/bitbucket,acme,shop,42,1f0c9a2b',
    sessionContext: { sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::123456789012:role/deploy' } },
  },
};

/** Commands that need the real issuer on the internet. doctor.test.ts checks their lines. */
const NOT_HERE = /^aws-oidc doctor/;

/** Splits a transcript into its command and the lines that it prints. */
function transcript(text: string): { command: string; lines: string[] } {
  const [, command = '', output = ''] = /^\$ ((?:.*\\\n)*.*)\n([\s\S]*)$/.exec(text) ?? [];
  return { command, lines: output.trimEnd().split('\n') };
}

const TRANSCRIPTS = snippetsOf('docs/cli.md')
  .filter(({ text }) => text.startsWith('$ '))
  .map(({ place, text }) => ({ place, ...transcript(text) }))
  .filter(({ command }) => !NOT_HERE.test(command));

/** Replaces what differs in each run. */
function comparable(line: string): string {
  return line
    .trimEnd()
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, 'TIME')
    .replaceAll(/\b\d+ s\b/g, 'N s')
    .replaceAll(/^( {2}(?:iat|exp) +)\d+$/g, '$1TIME');
}

/** Matches a line in which `…` stands for any text. */
function pattern(line: string): RegExp {
  const parts = comparable(line).split('…');
  return new RegExp(`^${parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
}

describe('the transcripts of docs/cli.md', function () {
  this.timeout(60_000);
  let emulator: EmulatorProcess;
  let folder: string;
  let env: Environment;

  before(async () => {
    const deploy = { trustPolicy: trustPolicy('StringLike') };
    const oidcProviders = [{ url: `https://${ISSUER}`, clientIds: [AUDIENCE] }];
    emulator = await startEmulatorProcess({
      config: {
        bitbucket: { workspace: 'acme', workspaceUuid: WORKSPACE_UUID, repositoryUuid: REPOSITORY },
        accounts: { '123456789012': { oidcProviders, roles: { deploy } } },
      },
    });
    folder = mkdtempSync(path.join(tmpdir(), 'transcripts-'));
    mkdirSync(path.join(folder, 'bin'));
    const write = (name: string, value: unknown) => writeFileSync(path.join(folder, name), JSON.stringify(value));
    write('trust-policy.json', trustPolicy('StringEquals'));
    write('claims.json', CLAIMS);
    write('role.json', { Role: { AssumeRolePolicyDocument: trustPolicy('StringEquals') } });
    write('events.json', { Events: [{ CloudTrailEvent: JSON.stringify(EVENT) }] });
    const aws = `case "$1" in iam) cat role.json ;; cloudtrail) cat events.json ;; esac`;
    const awsOidc = `[ "$1" != exec ] || { shift; set -- exec --sts-endpoint '${emulator.ready.sts}' "$@"; }
exec '${process.execPath}' '${BUNDLE}' "$@"`;
    for (const [name, lines] of Object.entries({ aws, 'aws-oidc': awsOidc })) {
      writeFileSync(path.join(folder, 'bin', name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
    }
    const claims = { pipelineUuid: '{0d9e8f7a-6b5c-4d3e-8f1a-2b3c4d5e6f33}', branchName: 'main' };
    env = {
      PATH: `${path.join(folder, 'bin')}${path.delimiter}${process.env['PATH']}`,
      BITBUCKET_STEP_OIDC_TOKEN: await emulator.control.mint('bitbucket', claims, { stepUuid: STEP }),
      BITBUCKET_WORKSPACE: 'acme',
      BITBUCKET_REPO_SLUG: 'shop',
      BITBUCKET_BUILD_NUMBER: '42',
      BITBUCKET_STEP_UUID: `{${STEP}}`,
      BITBUCKET_BRANCH: 'main',
    };
  });
  after(async () => {
    await emulator?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  for (const { place, command, lines } of TRANSCRIPTS) {
    it(`prints the lines at ${place}`, async () => {
      const { stdout } = await promisify(execFile)('sh', ['-c', `{ ${command}\n} 2>&1; true`], { cwd: folder, env });
      const printed = stdout.trimEnd().split('\n').map(comparable);
      // A line with "…" alone leaves out the rest. So does the answer of the AWS CLI, which is a stub here.
      const end = lines.findIndex((line) => line === '…' || (line === '{' && command.includes('aws sts')));
      const documented = end === -1 ? lines : lines.slice(0, end);
      const first = documented.findIndex((line, index) => !pattern(line).test(printed[index] ?? ''));
      assert.equal(first, -1, `expected: ${documented[first]}\nprinted:  ${printed[first]}\nin:\n${stdout}`);
      if (end === -1) assert.equal(printed.length, lines.length, stdout);
    });
  }
});
