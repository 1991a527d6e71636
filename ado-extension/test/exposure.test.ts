import assert from 'node:assert/strict';
import { assertWording } from '../../test/messages/wording.ts';
import { credentialProcess } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/credential-process.ts';
import { environment } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/environment.ts';
import type { JobContext, JobMode } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/job-mode.ts';
import { profile } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/profile.ts';
import { secretVariables } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/secret-variables.ts';
import { isProfileFolder } from '../AwsOidcAssume/AwsOidcAssumeV1/src/publish/folder-name.ts';
import { setForLaterSteps } from '../AwsOidcAssume/AwsOidcAssumeV1/src/publish/job-variables.ts';
import { contextOf, optionsOf } from './support.ts';

const REGION = ['AWS_REGION', 'AWS_DEFAULT_REGION'];
const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
const FILES = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_PROFILE', 'AWS_SDK_LOAD_CONFIG'];

const textOf = (mode: JobMode, context: JobContext, name: string, existingText?: string) =>
  String(
    mode
      .files(context)
      .find((file) => file.name === name)
      ?.contents(existingText),
  );
const later = (variables: Record<string, string>, ...secretNames: string[]) => ({
  later: { environment: variables, secretNames: new Set(secretNames) },
});

describe('the modes for later steps', () => {
  it('warn about an account that later steps treat as that of the credentials', () => {
    const warned = (variables: Record<string, string>, ...secretNames: string[]) =>
      environment.warnings(contextOf(later(variables, ...secretNames)));
    const [warning, ...more] = warned({ AWS_ACCOUNT_ID: '999999999999' });
    assert.match(
      warning ?? '',
      /^AWS_ACCOUNT_ID is 999999999999 for later steps, and the credentials are of 123456789012/,
    );
    assert.deepEqual(more, []);
    assert.deepEqual(warned({ AWS_ACCOUNT_ID: '123456789012' }), []);
    assert.deepEqual(warned({ AWS_ACCOUNT_ID: '999999999999' }, 'AWS_ACCOUNT_ID'), []);
  });

  it('set these variables, and only the secret mode sets secret ones', () => {
    const modes: readonly { mode: JobMode; sets: string[]; secret: string[] }[] = [
      { mode: environment, sets: [...KEYS, 'AWS_CREDENTIAL_EXPIRATION', ...REGION], secret: [] },
      // The expiration is missing, because it would reach steps that map nothing.
      { mode: secretVariables, sets: [...KEYS, ...REGION], secret: KEYS },
      { mode: profile, sets: [...FILES, ...REGION], secret: [] },
      { mode: credentialProcess, sets: [...FILES, ...REGION], secret: [] },
    ];
    for (const { mode, sets, secret } of modes) {
      const variables = mode.variables(contextOf());
      assert.deepEqual(variables.map(({ name }) => name).sort(), sets.sort(), mode.name);
      assert.deepEqual(
        variables.filter((one) => one.secret).map(({ name }) => name),
        secret,
      );
      assert.deepEqual([mode.conflicts(contextOf()), mode.warnings(contextOf())], [[], []]);
      const prefixed = mode.variables(contextOf({ options: optionsOf({ variablePrefix: 'A_' }) }));
      assert.deepEqual(prefixed.map(({ name }) => name).sort(), sets.map((name) => `A_${name}`).sort());
    }
  });

  it('empty conflicting variables, but neither secret nor set ones, and none with a prefix', () => {
    const before = later(
      { AWS_SECURITY_TOKEN: 'x', AWS_ROLE_ARN: 'x', AWS_ACCESS_KEY_ID: 'x', AWS_SESSION_TOKEN: '' },
      'AWS_ROLE_ARN',
    );
    assert.deepEqual(environment.conflicts(contextOf(before)), ['AWS_SECURITY_TOKEN']);
    assert.deepEqual(profile.conflicts(contextOf(before)), ['AWS_ACCESS_KEY_ID', 'AWS_SECURITY_TOKEN']);
    const prefixed = contextOf({ ...before, options: optionsOf({ variablePrefix: 'A_' }) });
    assert.deepEqual(profile.conflicts(prefixed), []);
  });

  it('empty older names of keys too', () => {
    const names = ['AWS_ACCESS_KEY', 'AWS_SECRET_KEY', 'AMAZON_ACCESS_KEY_ID', 'AMAZON_SECRET_ACCESS_KEY'];
    const before = contextOf(later(Object.fromEntries(names.map((name) => [name, 'old']))));
    for (const mode of [environment, secretVariables, profile, credentialProcess]) {
      assert.deepEqual(mode.conflicts(before), names, mode.name);
    }
    assert.match(secretVariables.warnings(before).join('\n'), /^AWS_ACCESS_KEY, .* were set before this step/);
    assertWording(
      'Warnings',
      'expose: secret-variables, old keys in the environment',
      secretVariables.warnings(before),
    );
  });

  it('warn, if they use profiles, that an empty variable is set for the SDK for Ruby', () => {
    const emptied = contextOf(later({ AWS_ROLE_ARN: '', AWS_WEB_IDENTITY_TOKEN_FILE: '/x' }));
    for (const mode of [profile, credentialProcess]) {
      assert.match(mode.warnings(emptied).join('\n'), /first run: unset AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE$/);
    }
    assertWording('Warnings', 'expose: profile, an empty variable of the SDK for Ruby', profile.warnings(emptied));
    assert.deepEqual(environment.warnings(emptied), []);
    assert.deepEqual(profile.warnings(contextOf(later({ AWS_ROLE_ARN: '' }))), []);
  });

  it('never empty the choice of a profile, but make it name the same credentials', () => {
    for (const value of ['other', '']) {
      const context = contextOf(later({ AWS_DEFAULT_PROFILE: value }));
      assert.deepEqual(environment.conflicts(context), []);
      const variables = environment.variables(context);
      assert.deepEqual(
        variables.filter(({ name }) => name.endsWith('PROFILE')).map((one) => one.value),
        ['default', 'default'],
      );
      const key = variables.find(({ name }) => name === 'AWS_ACCESS_KEY_ID')?.value;
      assert.match(
        textOf(environment, context, 'credentials'),
        new RegExp(`^\\[default\\]\naws_access_key_id = ${key}\n`),
      );
    }
    assert.equal(environment.files(contextOf(later({ AWS_PROFILE: 'x' }, 'AWS_PROFILE'))).length, 0);
  });

  it('write a command and no credentials for credential-process', () => {
    const context = contextOf();
    assert.equal(
      textOf(credentialProcess, context, 'config'),
      '[default]\nregion = eu-west-1\ncredential_process = /agent/node /agent/_temp/aws-oidc-assume/credential-process.cjs /agent/_temp/aws-oidc-assume/abc.state.json\n',
    );
    const before = '[default]\naws_access_key_id = of-a-step-before\n';
    assert.equal(textOf(credentialProcess, context, 'credentials', before), '[default]\n');
    assert.deepEqual(
      credentialProcess.files(context).map(({ name }) => name),
      ['credential-process.cjs', 'abc.state.json', 'config', 'credentials'],
    );
  });

  it('name a batch file on Windows, and warn about paths that the AWS CLI would misread', () => {
    const { renewal } = contextOf();
    const context = contextOf({
      folder: 'D:\\a\\_temp Büro',
      renewal: { ...renewal, platform: 'win32', node: 'C:\\Program Files\\node.exe' },
    });
    assert.match(textOf(credentialProcess, context, 'config'), /credential_process = "D:\\a\\_temp Büro\\abc\.cmd"$/m);
    assert.equal(
      textOf(credentialProcess, context, 'abc.cmd'),
      '@"C:\\Program Files\\node.exe" "%~dp0credential-process.cjs" "%~dp0abc.state.json"\r\n',
    );
    assert.match(credentialProcess.warnings(context).join('\n'), /characters other than ASCII/);
  });

  it('set no expiration without its credentials', () => {
    const commands: string[] = [];
    const host = {
      secretNames: new Set(['AWS_SECRET_ACCESS_KEY']),
      command: (_: string, properties: Readonly<Record<string, string>>, data: string) =>
        void commands.push(`${properties['variable']}=${data === '' ? '' : '…'}`),
    };
    const variables = environment.variables(contextOf());
    const { lines, details } = setForLaterSteps({ variables, conflicts: [], lines: [], warnings: [] }, host, {
      warning: () => {},
    });
    assert.ok(commands.includes('AWS_CREDENTIAL_EXPIRATION='), commands.join());
    assert.ok(!commands.includes('AWS_CREDENTIAL_EXPIRATION=…'));
    assert.doesNotMatch([...lines, ...(details ?? [])].join('\n'), /AWS_CREDENTIAL_EXPIRATION/);
  });
});

describe('the folder of profiles', () => {
  for (const { folder, temp, expected } of [
    { folder: '/t/aws-oidc-assume', temp: '/t', expected: true },
    { folder: '/t/aws-oidc-assume-A_', temp: '/t/', expected: true },
    { folder: '/t/aws-oidc-assume/../other', temp: '/t', expected: false },
    { folder: '/t', temp: '/t', expected: false },
    { folder: '/elsewhere/aws-oidc-assume', temp: '/t', expected: false },
    { folder: '/t/deep/aws-oidc-assume', temp: '/t', expected: false },
    { folder: '/', temp: '', expected: false },
  ]) {
    it(`${expected ? 'may' : 'may not'} be removed at the end of the job: ${folder} of ${temp}`, () => {
      assert.equal(isProfileFolder(folder, temp), expected);
    });
  }
});
