import assert from 'node:assert/strict';
import { Secret } from '../src/core/secret.ts';
import {
  CONFIG_NAME,
  CREDENTIALS_NAME,
  processProfileFiles,
  profileFiles,
  profileKinds,
} from '../src/publish/aws-profile-files.ts';
import { AssumedCredentials, type Session } from '../src/sts/assumed-credentials.ts';

const sessionOf = (profile: string | undefined, id = 'ID'): Session => ({
  profile,
  credentials: new AssumedCredentials({
    accessKeyId: id,
    secretAccessKey: 'key/+',
    sessionToken: 'token==',
    expiration: new Date('2026-03-01T13:00:00Z'),
    assumedRoleArn: 'arn:aws:sts::123456789012:assumed-role/deploy/job',
    endpoint: 'https://sts.eu-west-1.amazonaws.com',
  }),
});
const REGION = { region: 'eu-west-1' };
const KEYS = 'aws_secret_access_key = key/+\naws_session_token = token==\n';

describe('profiles in AWS files', () => {
  const text = (files: ReturnType<typeof profileFiles>, name: string, existingText?: string) =>
    String(files.find((file) => file.name === name)?.contents(existingText));
  const accepts = (name: string, body: string) =>
    profileKinds(['region', 'credential_process'])
      .find((kind) => kind.name === name)
      ?.accepts(body);

  it('are a section in each file, the default one without a prefix', () => {
    const files = profileFiles([sessionOf(undefined), sessionOf('site')], REGION);
    assert.equal(text(files, CONFIG_NAME), '[default]\nregion = eu-west-1\n\n[profile site]\nregion = eu-west-1\n');
    assert.equal(
      text(files, CREDENTIALS_NAME),
      `[default]\naws_access_key_id = ID\n${KEYS}\n[site]\naws_access_key_id = ID\n${KEYS}`,
    );
  });

  it('are the only content that the files accept', () => {
    const files = profileFiles([sessionOf(undefined), sessionOf('a.b_c@d+e-f')], REGION);
    assert.equal(accepts(CONFIG_NAME, text(files, CONFIG_NAME)), true);
    assert.equal(accepts(CREDENTIALS_NAME, text(files, CREDENTIALS_NAME)), true);
    const empty = processProfileFiles(sessionOf('p'), REGION, 'node x');
    assert.equal(accepts(CREDENTIALS_NAME, text(empty, CREDENTIALS_NAME)), true);
    for (const body of [
      '[plugins]\ncli_legacy_plugin_path = /tmp\n',
      '[default]\nca_bundle = x\n',
      '[default]\nregion=eu-west-1\n',
      'region = eu-west-1\n',
      '[default]\nregion = a\nregion = b\n',
      '[default]\n[default]\n',
      '[default]\r\nregion = a\r\n',
      '[default] ; mine\n',
      '; mine\n[default]\n',
      '[profile "a"]\n',
      '[sso-session x]\n',
      '[default]\nregion = a\n  nested = b\n',
      '[default]\nregion = a #b\n',
      '[default]\n__proto__ = a\n',
    ]) {
      assert.equal(accepts(CONFIG_NAME, body), false, body);
    }
    assert.equal(accepts(CREDENTIALS_NAME, '[default]\ncredential_process = x\n'), false);
  });

  it('never run a command if the adapter has none', () => {
    const body = '[default]\ncredential_process = /bin/sh\n';
    assert.equal(accepts(CONFIG_NAME, body), true);
    assert.equal(profileKinds(['region'])[0]?.accepts(body), false);
  });

  it('are added to those of an earlier call, each replacing one with its name', () => {
    const first = text(profileFiles([sessionOf('a'), sessionOf('b')], REGION), CREDENTIALS_NAME);
    const second = text(profileFiles([sessionOf('a', 'NEW'), sessionOf('c')], REGION), CREDENTIALS_NAME, first);
    assert.equal(
      second,
      ['[a]\naws_access_key_id = NEW\n', '[b]\naws_access_key_id = ID\n', '[c]\naws_access_key_id = ID\n']
        .map((section) => section + KEYS)
        .join('\n'),
    );
  });

  it('have no keys in addition to a command, which the keys would override', () => {
    const before = text(profileFiles([sessionOf('a')], REGION), CREDENTIALS_NAME);
    const files = processProfileFiles(sessionOf('a'), REGION, '/node /x.js');
    assert.equal(text(files, CREDENTIALS_NAME, before), '[a]\n');
    assert.equal(text(files, CONFIG_NAME), '[profile a]\nregion = eu-west-1\ncredential_process = /node /x.js\n');
  });

  it('keep only their names after the secrets are cleared', () => {
    const [config, credentials] = profileKinds(['region']);
    const planted =
      '[plugins]\nevil = x\n[default]\naws_secret_access_key = x\n[profile a]\ncredential_process = x\njunk';
    assert.equal(config?.withoutSecrets(planted), '[plugins]\n\n[default]\n\n[profile a]\n');
    assert.equal(credentials?.withoutSecrets('\0'), '');
  });

  for (const value of ['', 'a\n[b]', 'a\r', '# a', '; a', 'a # b', ' a', 'a\0b', "'a' 'b'", '"a" "b" "c"']) {
    it(`reject a value that some SDK reads differently: ${JSON.stringify(value)}`, () => {
      assert.throws(() => text(processProfileFiles(sessionOf('a'), REGION, value), CONFIG_NAME), {
        code: 'CannotPublish',
        message: 'credential_process has a value that AWS configuration files cannot hold.',
      });
    });
  }

  it('accept a quoted word, which loses its quotes and stays one word', () => {
    assert.match(
      text(processProfileFiles(sessionOf('a'), REGION, '"C:\\my agent\\x.cmd"'), CONFIG_NAME),
      /credential_process = "C:\\my agent\\x\.cmd"\n/,
    );
  });

  it('contain secrets that nothing else shows', () => {
    const [, credentials] = profileFiles([sessionOf('a')], REGION);
    assert.doesNotMatch(JSON.stringify({ credentials, session: sessionOf('a') }), /key\/\+/);
    assert.equal(String(new Secret('x')), '[secret]');
  });
});
