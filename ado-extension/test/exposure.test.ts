import assert from 'node:assert/strict';
import { exposeCredentialProcess } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/expose-credential-process.ts';
import { exposeEnvironment } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/expose-environment.ts';
import { exposeProfile } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/expose-profile.ts';
import { exposeSecretVariables } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/expose-secret-variables.ts';
import type { Exposure } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/exposure.ts';
import { isProfileFolder, ProfileFolder } from '../AwsOidcAssume/AwsOidcAssumeV1/src/publish/profile-folder.ts';
import { optionsOf, toExpose } from './support.ts';

const ALWAYS = ['AWS_REGION', 'AWS_DEFAULT_REGION'];
const STATIC = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_CREDENTIAL_EXPIRATION'];
const FILES = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_PROFILE'];

const names = ({ variables }: Exposure) => variables.map(({ name }) => name).sort();
const secrets = ({ variables }: Exposure) => variables.filter(({ secret }) => secret).map(({ name }) => name);
const textOf = ({ files }: Exposure, file: string, present?: string) =>
  String(
    files.find((one) => one.file.endsWith(file))?.contents(present === undefined ? undefined : Buffer.from(present)),
  );
const later = (environment: Record<string, string>, ...secretNames: string[]) => ({
  later: { environment, secretNames: new Set(secretNames) },
});

describe('what each mode gives to later steps', () => {
  it('warns of an account that later steps take for that of the credentials', () => {
    const warned = (environment: Record<string, string>, ...secretNames: string[]) =>
      exposeEnvironment(toExpose(later(environment, ...secretNames))).warnings;
    const [warning, ...more] = warned({ AWS_ACCOUNT_ID: '999999999999' });
    assert.match(
      warning ?? '',
      /^AWS_ACCOUNT_ID is 999999999999 for later steps, and the credentials are of 123456789012/,
    );
    assert.deepEqual(more, []);
    assert.deepEqual(warned({ AWS_ACCOUNT_ID: '123456789012' }), []);
    assert.deepEqual(warned({ AWS_ACCOUNT_ID: '999999999999' }, 'AWS_ACCOUNT_ID'), []);
  });

  it('sets these variables, and only the secret mode secret ones', () => {
    const modes = [
      { expose: exposeEnvironment, sets: [...STATIC, ...ALWAYS], secret: [] as string[] },
      { expose: exposeSecretVariables, sets: [...STATIC, ...ALWAYS], secret: STATIC.slice(0, 3) },
      { expose: exposeProfile, sets: [...FILES, ...ALWAYS], secret: [] },
      { expose: exposeCredentialProcess, sets: [...FILES, ...ALWAYS], secret: [] },
    ];
    for (const { expose, sets, secret } of modes) {
      const exposure = expose(toExpose());
      assert.deepEqual(names(exposure), sets.sort());
      assert.deepEqual(secrets(exposure), secret);
      assert.deepEqual([exposure.clears, exposure.warnings], [[], []]);
      const prefixed = expose(toExpose({ options: optionsOf({ variablePrefix: 'A_' }) }));
      assert.deepEqual(names(prefixed), sets.map((name) => `A_${name}`).sort());
    }
  });

  it('empties what stands in the way, but neither secret variables nor what is set, and nothing under a prefix', () => {
    const before = later(
      { AWS_SECURITY_TOKEN: 'x', AWS_ROLE_ARN: 'x', AWS_ACCESS_KEY_ID: 'x', AWS_SESSION_TOKEN: '' },
      'AWS_ROLE_ARN',
    );
    assert.deepEqual(exposeEnvironment(toExpose(before)).clears, ['AWS_SECURITY_TOKEN']);
    assert.deepEqual(exposeProfile(toExpose(before)).clears, ['AWS_ACCESS_KEY_ID', 'AWS_SECURITY_TOKEN']);
    const prefixed = toExpose({ ...before, options: optionsOf({ variablePrefix: 'A_' }) });
    assert.deepEqual(exposeProfile(prefixed).clears, []);
  });

  it('never empties the choice of a profile, but makes it name the same credentials', () => {
    for (const value of ['other', '']) {
      const exposure = exposeEnvironment(toExpose(later({ AWS_DEFAULT_PROFILE: value })));
      assert.deepEqual(exposure.clears, []);
      const chosen = exposure.variables.filter(({ name }) => name.endsWith('PROFILE'));
      assert.deepEqual(
        chosen.map(({ value: profile }) => profile),
        ['default', 'default'],
      );
      const key = exposure.variables.find(({ name }) => name === 'AWS_ACCESS_KEY_ID')?.value;
      assert.match(textOf(exposure, 'credentials'), new RegExp(`^\\[default\\]\naws_access_key_id = ${key}\n`));
    }
    assert.equal(exposeEnvironment(toExpose(later({ AWS_PROFILE: 'x' }, 'AWS_PROFILE'))).files.length, 0);
  });

  it('writes a command and no credentials for credential-process', () => {
    const exposure = exposeCredentialProcess(toExpose());
    assert.equal(
      textOf(exposure, 'config'),
      "[default]\nregion = eu-west-1\ncredential_process = '/agent/node' '/agent/_temp/aws-oidc-assume/credential-process.js' '/agent/_temp/aws-oidc-assume/abc.state.json'\n",
    );
    const before = '[default]\naws_access_key_id = of-a-step-before\n';
    assert.equal(textOf(exposure, 'credentials', before), '[default]\n');
  });

  it('quotes it for Windows there, and warns of what the AWS CLI would misread', () => {
    const renewal = toExpose().renewal();
    const folder = new ProfileFolder('/agent/_temp Büro', '');
    const onWindows = toExpose({
      folder,
      renewal: () => ({ ...renewal, platform: 'win32', node: 'C:\\Program Files\\node.exe' }),
    });
    const exposure = exposeCredentialProcess(onWindows);
    assert.match(
      textOf(exposure, 'config'),
      /credential_process = "C:\\Program Files\\node\.exe" ".*credential-process\.js" ".*\.state\.json"$/m,
    );
    assert.match(exposure.warnings.join('\n'), /signs other than ASCII/);
  });
});

describe('the folder of profiles', () => {
  it('is another one for another prefix', () => {
    assert.notEqual(new ProfileFolder('/t', '').path, new ProfileFolder('/t', 'A_').path);
  });

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
