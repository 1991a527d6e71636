import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AWS_CLI_PROGRAM } from '../support/aws-cli.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../support/emulator-process.ts';
import { skipBecause } from '../support/tools.ts';
import { run } from './child.ts';

const aws = AWS_CLI_PROGRAM;
const roleArn = 'arn:aws:iam::123456789012:role/deploy';

const bitbucket = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const workspaceUuid = '00000000-0000-4000-8000-000000000001';
const statement = (principal: object, action: unknown, condition: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: principal, Action: action, Condition: condition }],
});
const config = {
  bitbucket: { workspace: 'acme', workspaceUuid },
  accounts: {
    '123456789012': {
      oidcProviders: [{ url: `https://${bitbucket}`, clientIds: [`ari:cloud:bitbucket::workspace/${workspaceUuid}`] }],
      roles: {
        deploy: {
          trustPolicy: statement(
            { Federated: `arn:aws:iam::123456789012:oidc-provider/${bitbucket}` },
            'sts:AssumeRoleWithWebIdentity',
          ),
        },
        release: {
          trustPolicy: statement({ AWS: roleArn }, ['sts:AssumeRole', 'sts:TagSession'], {
            StringEquals: { 'sts:ExternalId': 'shared', 'aws:RequestTag/Team': 'core' },
          }),
        },
      },
    },
  },
};

describe('the AWS CLI', () => {
  let emulator: EmulatorProcess;
  let home: string;

  before(async function () {
    if (aws === undefined) skipBecause(this, 'the AWS CLI is not installed (Debian: apt-get install awscli)');
    home = await mkdtemp(join(tmpdir(), 'aws-cli-'));
    emulator = await startEmulatorProcess({ config, https: true });
  });
  after(async () => {
    await emulator?.stop();
    if (home !== undefined) await rm(home, { recursive: true });
  });

  const cli = (args: readonly string[], env: Readonly<Record<string, string>> = {}, endpoint = emulator.ready.sts) =>
    run(aws ?? '', ['--endpoint-url', endpoint, '--output', 'json', 'sts', ...args], {
      PATH: '/usr/bin:/bin',
      HOME: home,
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
      ...env,
    });
  const answer = async <T>(command: ReturnType<typeof cli>): Promise<T> => {
    const { code, stdout, stderr } = await command;
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  };
  interface Assumed {
    readonly Credentials: Record<'AccessKeyId' | 'SecretAccessKey' | 'SessionToken', string>;
    readonly AssumedRoleUser: { readonly Arn: string };
  }
  const environment = ({ Credentials }: Assumed) => ({
    AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
    AWS_SESSION_TOKEN: Credentials.SessionToken,
  });
  const webIdentity = (token: string) => {
    const parameters = ['--role-arn', roleArn, '--role-session-name', 'from-cli', '--web-identity-token', token];
    return ['assume-role-with-web-identity', ...parameters];
  };
  const assume = async () => answer<Assumed>(cli(webIdentity(await emulator.control.mint('bitbucket'))));

  it('exchanges a token and asks for its identity', async () => {
    const assumed = await assume();
    const expected = 'arn:aws:sts::123456789012:assumed-role/deploy/from-cli';
    assert.equal(assumed.AssumedRoleUser.Arn, expected);
    const identity = await answer<{ Arn: string; Account: string }>(cli(['get-caller-identity'], environment(assumed)));
    assert.deepEqual([identity.Arn, identity.Account], [expected, '123456789012']);
  });

  it("reads the token from a file, even with `echo`'s line break, which the CLI sends too", async () => {
    const file = join(home, 'token');
    for (const end of ['', '\n']) {
      await writeFile(file, `${await emulator.control.mint('bitbucket')}${end}`);
      await answer(cli(webIdentity(`file://${file}`)));
    }
  });

  it('opens a chained session with external id and tags', async () => {
    const parameters = ['--role-arn', 'arn:aws:iam::123456789012:role/release', '--role-session-name', 'chained'];
    const tagged = [...parameters, '--external-id', 'shared', '--tags', 'Key=Team,Value=core'];
    const chained = await answer<Assumed>(cli(['assume-role', ...tagged], environment(await assume())));
    const identity = await answer<{ Arn: string }>(cli(['get-caller-identity'], environment(chained)));
    assert.equal(identity.Arn, 'arn:aws:sts::123456789012:assumed-role/release/chained');
  });

  it('uses TLS with the given authority, and refuses it without', async () => {
    const authority = join(home, 'ca.pem');
    await writeFile(authority, emulator.ready.ca ?? '');
    const { https } = emulator.ready;
    assert(https);
    const signed = environment(await assume());
    await answer(cli(['get-caller-identity'], { ...signed, AWS_CA_BUNDLE: authority }, https.sts));
    const refused = await cli(['get-caller-identity'], signed, https.sts);
    assert.match(refused.stderr, /SSL validation failed/);
  });

  it('shows the refusal of an audience', async () => {
    const { code, stderr } = await cli(webIdentity(await emulator.control.mint('bitbucket', { aud: 'stranger' })));
    assert.equal(code, 254);
    assert.match(
      stderr,
      /An error occurred \(InvalidIdentityToken\) when calling the AssumeRoleWithWebIdentity operation: The web identity token provided could not be validated\./,
    );
  });

  it('shows the refusal of a wrong secret', async () => {
    const signed = { ...environment(await assume()), AWS_SECRET_ACCESS_KEY: 'wrong' };
    const { stderr } = await cli(['get-caller-identity'], signed);
    assert.match(stderr, /\(SignatureDoesNotMatch\)/);
  });

  it('shows that a session has expired', async () => {
    const signed = environment(await assume());
    await emulator.control.advanceClock(3600);
    const { stderr } = await cli(['get-caller-identity'], signed);
    await emulator.control.advanceClock(-3600);
    assert.match(stderr, /\(ExpiredToken\).*The security token included in the request is expired/);
  });
});
