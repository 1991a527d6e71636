import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type BitbucketStep,
  buildPipeImage,
  type EmulatorProcess,
  ensureBaseImages,
  imageOfCheckout,
  needsPipeImage,
} from '../../support/index.ts';
import { arnOf, cliSays, proxyTo, says, startEmulator, stepOf, variablesFor } from './support.ts';

const CONTEXT = fileURLToPath(new URL('../../../pipe', import.meta.url));
const GUIDE = fileURLToPath(new URL('../../../docs/bitbucket.md', import.meta.url));
const SIZE = fileURLToPath(new URL('../../../scripts/image/size.mjs', import.meta.url));

describe("the pipe's image", () => {
  let image: string;
  let emulator: EmulatorProcess;
  let step: BitbucketStep;
  before(async function () {
    this.timeout(180_000);
    image = needsPipeImage(this);
    emulator = await startEmulator();
  });
  after(() => emulator?.stop());
  beforeEach(async () => {
    step = await stepOf(emulator);
  });
  afterEach(() => {
    step?.verify();
    step?.dispose();
  });

  const run = (dockerArguments: readonly string[], variables: Record<string, string> = {}) =>
    step.runPipe({ image, dockerArguments, variables: variablesFor(emulator, variables) });
  const docker = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('docker', args, {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, DOCKER_BUILDKIT: '0' },
    });
    return { status, stdout, stderr };
  };
  const worked = (...args: string[]) => {
    const { status, stdout, stderr } = docker(...args);
    assert.equal(status, 0, stderr);
    return stdout.trim();
  };
  const inspected = (format: string, target = image) =>
    JSON.parse(worked('inspect', '--format', `{{json ${format}}}`, target));
  const files = () => step.files().filter((file) => file.path.startsWith('.aws-oidc'));

  const LOCKED = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges', '--pids-limit=64'];

  it('leaves credentials for a container of the step, with the line in the guide', async () => {
    await run([]);
    const [line = ''] = /docker run -e .* my-image$/m.exec(readFileSync(GUIDE, 'utf8')) ?? [];
    // Prints hashes, because the step's log must not show a secret.
    const names = '["AWS_ACCESS_KEY_ID","AWS_SECRET_ACCESS_KEY","AWS_SESSION_TOKEN","AWS_REGION","AWS_DEFAULT_REGION"]';
    const hash = 'require("crypto").createHash("sha1").update(process.env[n]).digest("hex")';
    const program = `console.log(${names}.map((n) => ${hash}).join())`;
    const containerLine = line
      .replace('docker run', 'docker run --rm --entrypoint /usr/local/bin/node')
      .replace(/my-image$/, image);
    const [here, there] = await says(
      step,
      `. ./.aws-oidc/env\n"${process.execPath}" -e '${program}'\n${containerLine} -e '${program}'`,
    );
    assert.match(here ?? '', /^[0-9a-f]{40}(?:,[0-9a-f]{40}){4}$/);
    assert.equal(there, here);
  });

  it('works if only the clone is writable, and without capabilities', async () => {
    const { exitCode, stderr, stdout } = await run([...LOCKED, '--memory=128m'], { EXPOSE: 'profile' });
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /In the next line of this step: \. \.\/\.aws-oidc\/env/);
    assert.deepEqual(await says(step, `. ./.aws-oidc/env\n${cliSays(emulator)}`), [arnOf('deploy')]);
  });

  it('works in any working folder', async () => {
    mkdirSync(path.join(step.cloneFolder, 'sub folder'));
    const { exitCode, stdout, stderr } = await run([`--workdir=${path.join(step.cloneFolder, 'sub folder')}`]);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(
      files().map(({ path: name }) => name),
      ['.aws-oidc', '.aws-oidc/.gitignore', '.aws-oidc/env'],
    );
    const [, line = ''] = /In the next line of this step: (.*)/.exec(stdout) ?? [];
    assert.deepEqual(await says(step, `cd 'sub folder'\n${line}\n${cliSays(emulator)}`), [arnOf('deploy')]);
  });

  it('works as another user than root if that user may write in the clone', async () => {
    const { exitCode, stderr } = await run([...LOCKED, '--user=12345:12345']);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(
      files().map(({ uid, mode }) => `${uid} ${mode}`),
      ['12345 700', '12345 600', '12345 600'],
    );
  });

  const refusals: readonly { name: string; prepare?: () => void; args: readonly string[]; says: RegExp }[] = [
    {
      name: 'a clone that its user may not write in',
      prepare: () => chmodSync(step.cloneFolder, 0o755),
      args: [...LOCKED, '--user=12345'],
      says: /\.aws-oidc cannot be made: permission denied \(EACCES\)\.[\s\S]*Make the folder writable for the user this runs as/,
    },
    {
      name: 'a clone of another user, without the capability to give files away',
      prepare: () => chownSync(step.cloneFolder, 12_345, 12_345),
      args: LOCKED,
      says: /\.aws-oidc cannot be given to user 12345, who is to read it: not permitted \(EPERM\)\.[\s\S]*Run this as user 12345, or with the capabilities CHOWN, FOWNER and DAC_OVERRIDE\./,
    },
  ];
  for (const { name, prepare, args, says: expected } of refusals) {
    it(`reports the mistake, and leaves nothing, with ${name}`, async () => {
      prepare?.();
      const { exitCode, stderr } = await run(args);
      assert.equal(exitCode, 1);
      assert.match(stderr, /^✖ CannotPublish: /);
      assert.match(stderr, expected);
      assert.deepEqual(files(), []);
    });
  }

  it('gives its files to the owner of the clone with only its requested capabilities', async () => {
    chownSync(step.cloneFolder, 12_345, 12_345);
    chmodSync(step.cloneFolder, 0o755);
    const { exitCode, stderr } = await run([
      ...LOCKED,
      ...['CHOWN', 'FOWNER', 'DAC_OVERRIDE'].map((name) => `--cap-add=${name}`),
    ]);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(
      files().map(({ uid, mode }) => `${uid} ${mode}`),
      ['12345 700', '12345 600', '12345 600'],
    );
  });

  it('reports a clone that is mounted read-only', async () => {
    const folder = path.join(step.cloneFolder, 'clone');
    mkdirSync(folder);
    const { exitCode, stderr } = await run([`--volume=${folder}:${folder}:ro`], { OUTPUT_DIR: 'clone/.aws-oidc' });
    assert.equal(exitCode, 1);
    assert.match(stderr, /clone\/\.aws-oidc cannot be made: the file system is read-only \(EROFS\)/);
    assert.deepEqual(await says(step, 'ls -A clone'), ['']);
  });

  it('leaves only the earlier files on a full disk', async () => {
    const volume = `aws-oidc-assume-test-${randomUUID()}`;
    const holder = `${volume}-holder`;
    const folder = path.join(step.cloneFolder, 'small');
    const mount = `--volume=${volume}:${folder}`;
    const LIST = `
      const { readdirSync, readFileSync } = require('node:fs');
      const { createHash } = require('node:crypto');
      const files = readdirSync('${folder}', { recursive: true, withFileTypes: true });
      console.log(files.map((file) => file.isFile()
        ? file.name + ' ' + createHash('sha256').update(readFileSync(file.parentPath + '/' + file.name)).digest('hex')
        : file.name).sort().join('\\n'));`;
    const FILL = `
      const fs = require('node:fs');
      const file = fs.openSync('${folder}/filler', 'w');
      try { for (;;) fs.writeSync(file, Buffer.alloc(1024)); } catch (error) { console.log(error.code); }`;
    const node = (script: string) => worked('exec', holder, '/usr/local/bin/node', '-e', script);
    worked('volume', 'create', '--driver=local', '--opt=type=tmpfs', '--opt=device=tmpfs', '--opt=o=size=64k', volume);
    try {
      // A tmpfs exists as long as a container uses it.
      worked(
        'run',
        '--detach',
        '--name',
        holder,
        mount,
        '--entrypoint=/usr/local/bin/node',
        image,
        '-e',
        'setInterval(() => {}, 1e6)',
      );
      const options = { OUTPUT_DIR: 'small/out' };
      const first = await run([mount], options);
      assert.equal(first.exitCode, 0, first.stderr);
      assert.equal(node(FILL), 'ENOSPC');
      const before = node(LIST);
      assert.match(before, /^\.gitignore \w+\nenv \w+\nfiller \w+\nout$/);
      for (const variables of [options, { ...options, EXPOSE: 'profile' }, { OUTPUT_DIR: 'small/other' }]) {
        const result = await run([mount], variables);
        assert.equal(result.exitCode, 1);
        assert.match(result.stderr, /^✖ CannotPublish: /);
        assert.match(result.stderr, /no space left \(ENOSPC\)\.[\s\S]*Make room on the disk of the build/);
        assert.equal(node(LIST), before);
      }
    } finally {
      docker('rm', '--force', holder);
      docker('volume', 'rm', volume);
    }
  });

  describe('on a network with its own TLS authority', () => {
    const authority = () => {
      const file = path.join(step.cloneFolder, 'ca.pem');
      writeFileSync(file, emulator.ready.ca ?? '');
      return file;
    };
    const direct = { STS_ENDPOINT: '', TIMEOUT_SECONDS: '20' };

    it('trusts the authority of NODE_EXTRA_CA_CERTS in addition to its own', async () => {
      const { exitCode, stderr } = await run(LOCKED, {
        STS_ENDPOINT: emulator.ready.https?.sts ?? '',
        NODE_EXTRA_CA_CERTS: authority(),
      });
      assert.equal(exitCode, 0, stderr);
    });

    it('trusts no other, and reports it immediately', async () => {
      const { exitCode, stderr } = await run(LOCKED, { STS_ENDPOINT: emulator.ready.https?.sts ?? '' });
      assert.equal(exitCode, 1);
      assert.match(stderr, /^✖ CertificateNotTrusted: [\s\S]*NODE_EXTRA_CA_CERTS/);
      assert.deepEqual(files(), []);
    });

    it('uses the proxy of HTTPS_PROXY, with user and password, for the endpoint of the region', async () => {
      const proxy = await proxyTo(emulator);
      try {
        const result = await run(LOCKED, {
          ...direct,
          HTTPS_PROXY: proxy.url,
          NODE_EXTRA_CA_CERTS: authority(),
          DEBUG: 'true',
        });
        assert.equal(result.exitCode, 0, result.stderr);
        assert.deepEqual(proxy.requests, ['sts.eu-west-1.amazonaws.com:443']);
        const { username, password } = new URL(proxy.url);
        assert.equal(username, 'build');
        assert.ok(!`${result.stdout}${result.stderr}`.includes(password));
        assert.deepEqual(await says(step, `. ./.aws-oidc/env\n${cliSays(emulator)}`), [arnOf('deploy')]);
      } finally {
        proxy.stop();
      }
    });

    it('bypasses the proxy if NO_PROXY requires it', async () => {
      const proxy = await proxyTo(emulator);
      try {
        const { exitCode, stderr } = await run(LOCKED, {
          STS_ENDPOINT: emulator.ready.https?.sts ?? '',
          NODE_EXTRA_CA_CERTS: authority(),
          HTTPS_PROXY: proxy.url,
          NO_PROXY: 'example.com,127.0.0.1',
        });
        assert.equal(exitCode, 0, stderr);
        assert.deepEqual(proxy.requests, []);
      } finally {
        proxy.stop();
      }
    });
  });

  it('contains the certificates of public authorities, but neither a shell nor a package manager', () => {
    const count = worked(
      'run',
      '--rm',
      '--entrypoint=/usr/local/bin/node',
      image,
      '-p',
      'require("node:tls").rootCertificates.length',
    );
    assert.ok(Number(count) > 100, count);
    const container = worked('create', image);
    const tar = spawnSync('sh', ['-c', `docker export ${container} | tar -t`], { encoding: 'utf8' });
    worked('rm', container);
    const list = tar.stdout.split('\n');
    assert.deepEqual(
      list.filter((name) => name.startsWith('opt/aws-oidc-assume/')).sort(),
      ['', 'THIRD-PARTY-NOTICES.txt', 'diagnosis.mjs', 'pipe.mjs'].map((name) => `opt/aws-oidc-assume/${name}`),
    );
    assert.ok(list.includes('usr/share/doc/libc6/copyright'));
    const programs = list.filter((name) => /(?:^|\/)s?bin\/./.test(name));
    assert.deepEqual(programs, ['usr/local/bin/node']);
  });

  it('has the labels of the Open Container Initiative, and an absolute entry point', () => {
    const labels = inspected('.Config.Labels');
    for (const name of [
      'title',
      'description',
      'licenses',
      'source',
      'documentation',
      'version',
      'revision',
      'created',
    ]) {
      assert.ok(`org.opencontainers.image.${name}` in labels, name);
    }
    assert.deepEqual(inspected('.Config.Entrypoint'), ['/usr/local/bin/node', '/opt/aws-oidc-assume/pipe.mjs']);
    assert.equal(inspected('.Config.WorkingDir'), '');
  });

  it('has at most 34 MB, compressed', function () {
    this.timeout(120_000);
    const { status, stdout, stderr } = spawnSync(process.execPath, [SIZE, image, '--limit', '34'], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    console.log(stdout.replace(/^/gm, '      ').trimEnd());
  });

  it('has the same layers if it is rebuilt from scratch', function () {
    this.timeout(180_000);
    const again = imageOfCheckout('pipe-again');
    image = buildPipeImage();
    const bases = Object.entries(ensureBaseImages()).map(([name, value]) => `--build-arg=${name}=${value}`);
    worked('build', '--no-cache', '--network=none', '--tag', again, ...bases, CONTEXT);
    try {
      assert.deepEqual(inspected('.RootFS.Layers', again), inspected('.RootFS.Layers'));
    } finally {
      docker('rmi', again);
    }
  });
});
