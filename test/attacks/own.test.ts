/** Ten attacks by a person who knows only the documentation. Further ones are in the matching files. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BUNDLE as CLI } from '../e2e/cli/aws-oidc.ts';
import { complete } from '../e2e/cli/completing-shell.ts';
import * as task from '../e2e/task/support.ts';
import { findTool, skipWithout } from '../support/tools.ts';
import { Listener } from './support/listener.ts';
import { type Program, startPrograms } from './support/programs.ts';

describe('attacks by a reader of the documentation', function () {
  this.timeout(180_000);
  let programs: Program[];
  let evil: Listener;
  let folder: string;
  before(async () => {
    programs = await startPrograms();
    evil = await Listener.start();
  });
  after(async () => {
    evil?.stop();
    for (const program of programs ?? []) await program.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'own-attack-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const pipe = () => {
    const [first] = programs;
    assert(first);
    return first;
  };

  it('own 6: a server cannot hold a job by Retry-After, nor make it ask without an end', async () => {
    for (const value of ['99999999', '-1', '0', '1e9', 'Fri, 31 Dec 9999 23:59:59 GMT', 'x', '0x10', '١', ' ']) {
      let calls = 0;
      const server = await Listener.start((_, response) => {
        calls++;
        response.writeHead(503, { 'retry-after': value.replace(/[^\x20-\x7e]/g, '?') }).end();
      });
      try {
        const { succeeded, took } = await pipe().assume({ stsEndpoint: server.origin, timeoutSeconds: '3' });
        assert.equal(succeeded, false);
        assert.ok(took < 8000, `${value}: ${took} ms`);
        assert.ok(calls <= 5, `${value}: ${calls} calls`);
      } finally {
        server.stop();
      }
    }
  });

  it('own 7: variables and files of AWS tools do not redirect the token', async () => {
    mkdirSync(path.join(folder, '.aws'));
    writeFileSync(
      path.join(folder, '.aws', 'config'),
      `[default]\nendpoint_url = ${evil.origin}\nca_bundle = /dev/null\nsts_regional_endpoints = legacy\nservices = evil\n[services evil]\nsts =\n  endpoint_url = ${evil.origin}\n`,
    );
    const variables = {
      HOME: folder,
      AWS_CONFIG_FILE: path.join(folder, '.aws', 'config'),
      AWS_SHARED_CREDENTIALS_FILE: path.join(folder, '.aws', 'config'),
      AWS_STS_REGIONAL_ENDPOINTS: 'legacy',
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: evil.origin,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: evil.origin,
    };
    const endpoints = { AWS_ENDPOINT_URL: evil.origin, AWS_ENDPOINT_URL_STS: evil.origin, AWS_PROFILE: 'default' };
    for (const program of programs) {
      // The pipe refuses option names of other tools.
      const { succeeded, code, output } = await program.assume(
        {},
        { ...variables, ...(program.name === 'pipe' ? {} : endpoints) },
      );
      assert.ok(succeeded || code === 'InvalidOptions', output);
      assert.doesNotMatch(output, /\/dev\/null/);
    }
    const { code } = await pipe().assume({}, endpoints);
    assert.equal(code, 'InvalidOptions');
    assert.equal(evil.connections, 0);
  });

  it('own 8: ambiguous XML is refused', async () => {
    const credentials = (inside: string) =>
      `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>${inside}</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
    const arn = 'arn:aws:sts::123456789012:assumed-role/deploy/attacked';
    const user = `<AssumedRoleUser><AssumedRoleId>A:attacked</AssumedRoleId><Arn>${arn}</Arn></AssumedRoleUser>`;
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const keys = (id: string) =>
      `<Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>${'s'.repeat(40)}</SecretAccessKey><SessionToken>${'t'.repeat(40)}</SessionToken><Expiration>${until}</Expiration></Credentials>`;
    const good = 'ASIAEXAMPLEOFATEST01';
    const answers = {
      'two sets of credentials': credentials(user + keys(good) + keys('ASIAEXAMPLEOFATEST02')),
      'two users': credentials(user + user.replace('deploy', 'admin') + keys(good)),
      'a comment in a name': credentials(user + keys(good)).replaceAll('AccessKeyId', 'Access<!-- -->KeyId'),
      'an entity of its own': `<!DOCTYPE a [<!ENTITY k "${good}">]>${credentials(user + keys('&k;'))}`,
      'an external entity': `<!DOCTYPE a [<!ENTITY k SYSTEM "file:///etc/passwd">]>${credentials(user + keys('&k;'))}`,
      'an instruction': credentials(`${user}<?x ${keys(good)}?>`),
      'credentials in an attribute': credentials(`${user}<Credentials AccessKeyId="${good}"/>`),
      'credentials outside of the result': `${credentials(user)}${keys(good)}`,
      'another case': credentials(user + keys(good)).replaceAll('AccessKeyId', 'accesskeyid'),
      'another result': credentials(user + keys(good)).replaceAll('WebIdentity', 'SAML'),
      'an error and credentials': `<ErrorResponse>${credentials(user + keys(good))}<Error><Code>x</Code></Error></ErrorResponse>`,
      'text after the end': `${credentials(user + keys(good))}${credentials(user.replace('deploy', 'admin') + keys(good))}`,
      'UTF-16': Buffer.from(credentials(user + keys(good)), 'utf16le').toString('latin1'),
    };
    const accepted: string[] = [];
    for (const [name, body] of Object.entries(answers)) {
      const server = await Listener.start((_, response) => response.writeHead(200).end(body));
      try {
        const { succeeded, code, published, output } = await pipe().assume({
          stsEndpoint: server.origin,
          timeoutSeconds: '5',
        });
        if (succeeded) accepted.push(name);
        else assert.ok(['UnexpectedAnswer', 'Unreachable', 'RequestRejected'].includes(code), `${name}: ${output}`);
        if (!succeeded) assert.deepEqual(published, []);
        assert.doesNotMatch(output, /root:/);
      } finally {
        server.stop();
      }
    }
    assert.deepEqual(accepted, []);
  });

  it('own 9: an earlier step plants the renewal programs, or a link for their folder', async () => {
    const jobs = new task.Jobs(await task.startEmulator(), 'Node20_1');
    try {
      jobs.start();
      const fileNamed = (name: string) => path.join(jobs.agent.tempFolder, 'aws-oidc-assume', name);
      mkdirSync(fileNamed(''), { mode: 0o700 });
      const owned = path.join(folder, 'owned');
      for (const name of ['credential-process.cjs', 'core.cjs', 'diagnosis.cjs', 'node_modules.cjs']) {
        if (name.startsWith('node_modules')) continue;
        writeFileSync(fileNamed(name), `require('fs').writeFileSync(${JSON.stringify(owned)}, '');`);
      }
      writeFileSync(
        path.join(jobs.agent.tempFolder, 'package.json'),
        `{"type":"module","main":"${fileNamed('core.cjs')}"}`,
      );
      await jobs.assume({ expose: 'credential-process' });
      assert.deepEqual(await jobs.says(jobs.sdk()), [task.arnOf('deploy')]);
      assert.equal(existsSync(owned), false);
      await jobs.finish();

      jobs.start();
      symlinkSync(folder, path.join(jobs.agent.tempFolder, 'aws-oidc-assume'));
      const { result, log } = await jobs.run({ expose: 'profile' });
      assert.equal(result, 'Failed');
      assert.match(log.join('\n'), /CannotPublish/);
      assert.equal(existsSync(path.join(folder, 'credentials')), false);
      await jobs.agent.runPostJob();
      assert.ok(existsSync(folder));
      await jobs.finish();
    } finally {
      await jobs.close();
    }
  });

  it('own 10: completing a line does not run a file name', async function () {
    skipWithout(this, 'bash', 'script');
    const bin = path.join(folder, 'bin');
    const clone = path.join(folder, 'clone');
    for (const name of [bin, clone]) mkdirSync(name);
    writeFileSync(path.join(bin, 'aws-oidc'), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`, { mode: 0o755 });
    for (const name of ['$(touch owned)', '`touch owned`', ';touch owned;', "'; touch owned; '"]) {
      writeFileSync(path.join(clone, name), '{}');
    }
    const env = { PATH: `${bin}:${process.env['PATH']}`, HOME: folder, PWD: clone };
    const before = process.cwd();
    process.chdir(clone);
    try {
      const lines = ['aws-oidc trust lint ', 'aws-oidc explain --policy ', 'aws-oidc inspect --token-file '];
      for (const shell of ['bash', 'zsh', 'fish'] as const) {
        if (findTool(shell) !== undefined) await complete(shell, lines, env);
      }
    } finally {
      process.chdir(before);
    }
    assert.equal(existsSync(path.join(clone, 'owned')), false);
  });

  it('own 11: generate overwrites no planted file, and writes through no link', () => {
    const target = path.join(folder, 'target');
    writeFileSync(target, 'theirs');
    const generate = (output: string) => {
      const args = ['trust', 'generate', 'bitbucket', '--account', '123456789012', '--region', 'eu-west-1'];
      const scope = ['--workspace', 'acme', '--workspace-uuid', '{1f0c9a2b-1111-4222-8333-444455556666}'];
      const repository = ['--repository-uuid', '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}'];
      const format = ['--format', 'cloudformation', '--output', output];
      return spawnSync(process.execPath, [CLI, ...args, ...scope, ...repository, ...format], { encoding: 'utf8' });
    };
    const clean = path.join(folder, 'clean');
    assert.equal(generate(clean).status, 0);
    const names = readdirSync(clean, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(clean, path.join(entry.parentPath, entry.name)));
    assert.deepEqual(names.sort(), ['aws/cloudformation.yaml', 'bitbucket-pipelines.yml']);
    for (const name of names) {
      for (const destination of [target, path.join(folder, 'absent')]) {
        const output = mkdtempSync(path.join(folder, 'planted-'));
        mkdirSync(path.dirname(path.join(output, name)), { recursive: true });
        symlinkSync(destination, path.join(output, name));
        const { status, stderr } = generate(output);
        assert.equal(status, 2, stderr);
        assert.match(stderr, /already exists?\.|could not be written: EEXIST/);
        assert.ok(stderr.includes(name), stderr);
        assert.equal(readFileSync(target, 'utf8'), 'theirs');
        assert.equal(existsSync(path.join(folder, 'absent')), false);
      }
    }
  });
});
