import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { awsOidc, BUNDLE } from './aws-oidc.ts';

const SCOPE = [
  '--account',
  '123456789012',
  '--organization-id',
  '2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55',
  '--organization',
  'acme',
  '--project',
  'shop',
  '--service-connection',
  'aws-deploy',
];
const CLAIMS = {
  iss: 'https://vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55',
  aud: 'api://AzureADTokenExchange',
  sub: 'sc://acme/shop/aws-deploy',
};

describe('aws-oidc trust', () => {
  let folder: string;
  const file = async (name: string, value: unknown) => {
    const writtenPath = path.join(folder, name);
    await writeFile(writtenPath, JSON.stringify(value));
    return writtenPath;
  };

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'trust-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('generates, lints and evaluates the same policy', async () => {
    const generated = await awsOidc(['trust', 'generate', 'azure-devops', ...SCOPE]);
    assert.equal(generated.status, 0, generated.stderr);
    const policy = await file('policy.json', JSON.parse(generated.stdout));
    const claims = await file('claims.json', CLAIMS);

    const linted = await awsOidc(['trust', 'lint', policy, '--json']);
    assert.deepEqual([linted.status, JSON.parse(linted.stdout)], [0, { findings: [] }]);

    const role = ['--role-arn', 'arn:aws:iam::123456789012:role/deploy'];
    const evaluated = await awsOidc(['trust', 'evaluate', '--policy', policy, '--claims', claims, ...role, '--json']);
    assert.equal(evaluated.status, 0);
    assert.equal(JSON.parse(evaluated.stdout).decision, 'allow');

    const other = await file('other.json', { ...CLAIMS, sub: 'sc://acme/shop/AWS-deploy' });
    const denied = await awsOidc(['trust', 'evaluate', '--policy', policy, '--claims', other, ...role, '--json']);
    assert.equal(denied.status, 1);
    const { decision, trace } = JSON.parse(denied.stdout);
    assert.equal(decision, 'deny');
    assert.equal(trace.length, 1);
  });

  it('lints with status 1 if there is an error', async () => {
    const policy = await file('open.json', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: {
          Federated:
            'arn:aws:iam::123456789012:oidc-provider/vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55',
        },
        Action: 'sts:AssumeRoleWithWebIdentity',
      },
    });
    const { status, stdout } = await awsOidc(['trust', 'lint', policy, '--json']);
    assert.equal(status, 1);
    for (const finding of JSON.parse(stdout).findings) {
      const keys = Object.keys(finding).filter((key) => key !== 'patch');
      assert.deepEqual(keys.toSorted(), ['fix', 'id', 'message', 'path', 'severity', 'widens']);
    }
  });

  for (const [name, args] of [
    ['an unknown command', ['tust']],
    ['an unknown option', ['trust', 'lint', '--polcy', 'x']],
    ['a missing option', ['trust', 'evaluate']],
    ['a file that is not there', ['trust', 'lint', '/nowhere/policy.json']],
  ] as const) {
    it(`exits with status 2 for ${name}`, async () => {
      const { status, stdout, stderr } = await awsOidc(args);
      assert.equal(status, 2);
      assert.equal(stdout, '');
      assert.match(stderr, /^aws-oidc: /);
    });
  }

  it('ends quietly if its reader stops early', async () => {
    const { stderr, status } = spawnSync('sh', ['-c', '"$NODE" "$BUNDLE" --help | head -n 1'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', NODE: process.execPath, BUNDLE },
    });
    assert.equal(status, 0);
    assert.equal(stderr, '');
  });
});
