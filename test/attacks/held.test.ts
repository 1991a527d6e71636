/** Attacks that never worked and must not begin to, on built programs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import path from 'node:path';
import { awsOidc, bitbucketStep } from '../e2e/cli/aws-oidc.ts';
import * as pipe from '../e2e/pipe/support.ts';
import * as task from '../e2e/task/support.ts';
import { type BitbucketStep, type EmulatorProcess, NODE_24, written } from '../support/index.ts';
import { skipEvenInCi } from '../support/tools.ts';
import { Listener } from './support/listener.ts';
import { type Program, ROLE, startPrograms } from './support/programs.ts';

/** Prints the largest memory of the process, kB. */
const MEMORY = `--import=data:text/javascript,process.on('exit',()=>console.log('MEMORY',process.resourceUsage().maxRSS))`;

describe('attacks that never worked, by the content of a repository', function () {
  this.timeout(120_000);
  let emulator: EmulatorProcess;
  let step: BitbucketStep;
  before(async () => {
    emulator = await pipe.startEmulator();
  });
  after(() => emulator?.stop());
  beforeEach(async () => {
    step = await pipe.stepOf(emulator);
  });
  afterEach(() => step.dispose());

  it('held: nothing of the clone runs, in the pipe or on the command line', async () => {
    const owned = path.join(step.cloneFolder, 'owned');
    const code = `require('fs').writeFileSync(${JSON.stringify(owned)}, '');`;
    const files: Readonly<Record<string, string>> = {
      'package.json': '{"type":"commonjs","main":"evil.js","imports":{"#x":"./evil.js"},"exports":"./evil.js"}',
      'evil.js': code,
      'index.js': code,
      'node.config.json': '{"nodeOptions":{"import":["./evil.js"],"require":["./evil.js"]}}',
      '.noderc': '--require=./evil.js',
      '.env': 'NODE_OPTIONS=--require=./evil.js\nAWS_OIDC_ROLE_ARN=arn:aws:iam::999999999999:role/evil\n',
      '.npmrc': 'node-options=--require=./evil.js\nscript-shell=./evil.js\n',
      '.aws/config': '[default]\ncredential_process = touch owned\n',
      '.aws/credentials': '[default]\naws_access_key_id = EVIL\n',
      '.gitattributes': '* filter=evil\n',
      '.git/config': '[core]\n\tfsmonitor = touch owned\n\thooksPath = .\n[filter "evil"]\n\tclean = touch owned\n',
      'node_modules/aws-crt/index.js': code,
      'node_modules/undici/index.js': code,
      'tsconfig.json': '{}',
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.join(step.cloneFolder, path.dirname(name)), { recursive: true });
      writeFileSync(path.join(step.cloneFolder, name), text);
    }
    for (const node of [process.execPath, NODE_24]) {
      const { exitCode, stderr } = await step.runPipe({
        bundle: pipe.BUNDLE,
        node,
        variables: pipe.variablesFor(emulator),
      });
      assert.equal(exitCode, 0, stderr);
    }
    const before = process.cwd();
    process.chdir(step.cloneFolder);
    try {
      const args = [
        'exec',
        '--role-arn',
        ROLE,
        '--region',
        'eu-west-1',
        '--sts-endpoint',
        emulator.ready.sts,
        '--',
        'true',
      ];
      const { status, stderr } = await awsOidc(args, { env: await bitbucketStep(emulator) });
      assert.equal(status, 0, stderr);
    } finally {
      process.chdir(before);
    }
    assert.equal(existsSync(owned), false);
  });

  const planted: Readonly<Record<string, (file: (name: string) => string) => void>> = {
    'a FIFO as the index of git': (file) => execFileSync('mkfifo', [file('.git/index')]),
    'a folder as the index of git': (file) => mkdirSync(file('.git/index')),
    'an index of git that claims four billion files': (file) =>
      writeFileSync(file('.git/index'), Buffer.from('DIRC\x00\x00\x00\x02\xff\xff\xff\xff', 'latin1')),
    'an index of git of 2 GB': (file) => {
      writeFileSync(file('.git/index'), 'DIRC');
      truncateSync(file('.git/index'), 2 ** 31 - 4096);
    },
    'a FIFO as .git': (file) => {
      rmSync(file('.git'), { recursive: true });
      execFileSync('mkfifo', [file('.git')]);
    },
    'a device as .git': (file) => {
      rmSync(file('.git'), { recursive: true });
      symlinkSync('/dev/zero', file('.git'));
    },
    'an environment file of 2 GB': (file) => {
      mkdirSync(file('.aws-oidc'));
      writeFileSync(file('.aws-oidc/env'), '');
      truncateSync(file('.aws-oidc/env'), 2 ** 31 - 4096);
    },
    'a device as the environment file': (file) => {
      mkdirSync(file('.aws-oidc'));
      symlinkSync('/dev/zero', file('.aws-oidc/env'));
    },
    'a folder as the list of exclusions': (file) => mkdirSync(file('.aws-oidc/.gitignore'), { recursive: true }),
    'a folder with the name of an unfinished file': (file) =>
      mkdirSync(file('.aws-oidc/.env.0123456789ab.unfinished'), { recursive: true }),
  };
  for (const [name, plant] of Object.entries(planted)) {
    it(`held: does not block, and is not read to its end: ${name}`, async () => {
      plant((file) => path.join(step.cloneFolder, file));
      const begun = performance.now();
      try {
        const variables = pipe.variablesFor(emulator, { TIMEOUT_SECONDS: '5', NODE_OPTIONS: MEMORY });
        const { log } = await step.runPipe({ bundle: pipe.BUNDLE, variables });
        assert.ok(performance.now() - begun < 9000);
        assert.doesNotMatch(log, /Internal/);
        assert.ok(Number(/^MEMORY (\d+)$/m.exec(log)?.[1]) < 200_000, log);
      } finally {
        // The test reads all files that are left in the clone.
        for (const folder of ['.git', '.aws-oidc'])
          rmSync(path.join(step.cloneFolder, folder), { recursive: true, force: true });
      }
    });
  }

  const FOLDERS = [
    '..',
    '../x',
    'a/../..',
    'a/../../x',
    '/',
    '/tmp',
    '/etc/x',
    '.',
    './',
    '.git',
    '.git/x',
    './.git',
    'a/../.git',
    '.GIT',
    '.Git/x',
    'sub/.git',
    'a\nb',
    'a\rb',
    'a\tb',
    'a\u0000b',
    'a\u001b[31mb',
    '$HOME',
    '${HOME}',
    '$(id)',
    '~/../x/..',
  ];
  for (const folder of FOLDERS) {
    it(`held: OUTPUT_DIR does not redirect the files: ${JSON.stringify(folder)}`, async () => {
      if (folder.includes('\0')) return;
      const variables = pipe.variablesFor(emulator, { OUTPUT_DIR: written(folder) });
      const { exitCode, stderr } = await step.runPipe({ bundle: pipe.BUNDLE, variables });
      assert.equal(exitCode, 1, folder);
      assert.match(stderr, /^✖ (?:InvalidOptions|CannotPublish): /);
      assert.ok(!['\t', '\r', '\u001b'].some((character) => stderr.includes(character)));
    });
  }

  for (const folder of [
    "a'b",
    'a"b',
    'a b',
    'a;touch owned',
    'a&b',
    'a|b',
    '`id`',
    'a\\b',
    '-rf',
    '*',
    'a?b',
    '#a',
    'ä',
    '!x',
    '{a,b}',
    '(a)',
  ]) {
    it(`held: an odd OUTPUT_DIR is quoted: ${folder}`, async () => {
      const OUTPUT_DIR = written(folder);
      await pipe.succeed(step, emulator, { OUTPUT_DIR, EXPOSE: 'profile' });
      const quoted = `'./${folder.replaceAll("'", "'\\''")}/env'`;
      assert.deepEqual(await pipe.says(step, `. ${quoted}\n${pipe.cliSays(emulator)}`), [pipe.arnOf('deploy')]);
      assert.equal(existsSync(path.join(step.cloneFolder, 'owned')), false);
    });
  }
});

describe('attacks that never worked, by the environment', function () {
  this.timeout(120_000);
  let programs: Program[];
  before(async () => {
    programs = await startPrograms();
  });
  after(async () => {
    for (const program of programs ?? []) await program.close();
  });

  const KINDS = [
    'http',
    'https',
    'net',
    'tls',
    'stream',
    'http2',
    'fs',
    'module',
    'timer',
    'http,https,net,tls,stream',
  ];
  for (const name of ['pipe', 'command line'] as const) {
    it(`held: NODE_DEBUG shows no token and no key: ${name}`, async () => {
      const program = programs.find((one) => one.name === name);
      assert(program);
      for (const NODE_DEBUG of KINDS) {
        // The output of every run is searched for secrets.
        const { succeeded, output } = await program.assume({}, { NODE_DEBUG, DEBUG: 'true' });
        assert.ok(succeeded, output.slice(0, 500));
      }
    });
  }

  it('held: job variables that look like inputs or connections change nothing', async () => {
    const jobs = new task.Jobs(await task.startEmulator(), 'Node20_1');
    const evil = await Listener.start();
    try {
      for (const [variable, value] of [
        ['INPUT_ROLEARN', 'arn:aws:iam::999999999999:role/evil'],
        ['INPUT_STSENDPOINT', evil.origin],
        ['INPUT_TOKENHOSTS', evil.host],
        ['ENDPOINT_URL_SYSTEMVSSCONNECTION', evil.origin],
        [`ENDPOINT_DATA_${task.CONNECTION}`, JSON.stringify({ stsEndpoint: evil.origin })],
        [`ENDPOINT_DATA_${task.CONNECTION}_STSENDPOINT`, evil.origin],
        ['SECRET_X', 'x'],
        ['AGENT_VERSION', '0.0.0'],
      ]) {
        jobs.start();
        await jobs.agent.runScript(`echo '##vso[task.setvariable variable=${variable}]${value}'`);
        await jobs.assume({ expose: 'profile' });
        assert.deepEqual(await jobs.says(jobs.sdk()), [task.arnOf('deploy')]);
        await jobs.finish();
      }
      assert.equal(evil.connections, 0);
    } finally {
      evil.stop();
      await jobs.close();
    }
  });
});

describe('attacks that never worked, by proxies', function () {
  this.timeout(120_000);
  let program: Program;
  before(async () => {
    const [first] = await startPrograms('pipe');
    assert(first);
    program = first;
  });
  after(() => program?.close());

  const answers: Readonly<Record<string, string>> = {
    'a redirect': 'HTTP/1.1 302 Found\r\nlocation: http://evil.example/\r\n\r\n',
    'a page': 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 5\r\n\r\nhello',
    'a sign-in': 'HTTP/1.1 407 x\r\nproxy-authenticate: Basic realm="##vso[task.complete]\u001b[31m"\r\n\r\n',
    'an answer of STS in the clear': 'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
    'no HTTP': '\u0016\u0003\u0001',
    'a broken status': 'HTTP/9.9 abc\r\n\r\n',
    nothing: '',
  };
  for (const [name, answer] of Object.entries(answers)) {
    it(`held: a proxy that answers with ${name} gets no token`, async () => {
      let received = '';
      const server = createTcpServer((socket: Socket) => {
        socket.on('error', () => {});
        socket.on('data', (data) => {
          received += data.toString('latin1');
          if (answer === '') socket.end();
          else socket.write(answer, 'latin1');
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      try {
        const password = randomBytes(12).toString('hex');
        const environment = { HTTPS_PROXY: `http://user:${password}@127.0.0.1:${port}`, MAX_ATTEMPTS: '1' };
        const { succeeded, output } = await program.assume({ stsEndpoint: '', timeoutSeconds: '3' }, environment);
        assert.equal(succeeded, false);
        assert.doesNotMatch(received, /WebIdentityToken|eyJ/);
        assert.ok(!output.includes(password));
        assert.ok(!output.includes('\u001b'));
      } finally {
        server.close();
      }
    });
  }

  it('held: a proxy that floods ends within the limit', async () => {
    const server = createServer();
    server.on('connect', (_, socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write('x'.repeat(65_536)));
        socket.once('drain', more);
      };
      socket.on('error', () => {});
      socket.write('HTTP/1.1 200 OK\r\nx: ');
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${port}`, MAX_ATTEMPTS: '1' };
    const { succeeded, took } = await program.assume({ stsEndpoint: '', timeoutSeconds: '3' }, environment);
    assert.equal(succeeded, false);
    assert.ok(took < 8000);
    server.closeAllConnections();
    server.close();
  });
});

describe('attacks that never worked, by forged tokens', () => {
  let emulator: EmulatorProcess;
  before(async () => {
    emulator = await pipe.startEmulator();
  });
  after(() => emulator?.stop());

  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forgeries: Readonly<Record<string, (parts: readonly string[]) => string>> = {
    'alg none': ([, payload]) => `${encoded({ alg: 'none', typ: 'JWT' })}.${payload}.`,
    'alg None, with the signature': ([, payload, signature]) => `${encoded({ alg: 'None' })}.${payload}.${signature}`,
    'a shared secret': ([, payload, signature]) => `${encoded({ alg: 'HS256' })}.${payload}.${signature}`,
    'another algorithm of RSA': ([, payload, signature]) => `${encoded({ alg: 'PS256' })}.${payload}.${signature}`,
    'no signature': ([header, payload]) => `${header}.${payload}.`,
    'a signature of zeros': ([header, payload]) => `${header}.${payload}.${'A'.repeat(342)}`,
    'another subject': ([header, payload = '', signature]) =>
      `${header}.${encoded({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'x' })}.${signature}`,
    'a key in its header': ([, payload, signature]) =>
      `${encoded({ alg: 'RS256', jwk: { kty: 'RSA', n: 'x', e: 'AQAB' } })}.${payload}.${signature}`,
    'an address of keys in its header': ([, payload, signature]) =>
      `${encoded({ alg: 'RS256', jku: 'https://evil.example' })}.${payload}.${signature}`,
    'a critical extension': ([, payload, signature]) =>
      `${encoded({ alg: 'RS256', crit: ['b64'], b64: false })}.${payload}.${signature}`,
  };
  for (const [name, forge] of Object.entries(forgeries)) {
    it(`held: the emulator, like AWS, refuses a token with ${name}`, async () => {
      const token = await emulator.control.mint('bitbucket');
      const ask = async (WebIdentityToken: string) => {
        const form = {
          Action: 'AssumeRoleWithWebIdentity',
          Version: '2011-06-15',
          RoleArn: ROLE,
          RoleSessionName: 'x1',
          WebIdentityToken,
        };
        const response = await fetch(emulator.ready.sts, { method: 'POST', body: new URLSearchParams(form) });
        return { status: response.status, text: await response.text() };
      };
      assert.equal((await ask(token)).status, 200);
      const { status, text } = await ask(forge(token.split('.')));
      assert.ok(status >= 400 && status < 500, `${status}`);
      assert.match(text, /<Code>InvalidIdentityToken<\/Code>/);
    });
  }

  it('held: secrets are in no arguments, and other users cannot read the environment of a run', async function () {
    if (process.platform !== 'linux') skipEvenInCi(this, 'only Linux has /proc');
    // A command that inspects its parent process.
    const env = { ...(await bitbucketStep(emulator)), BITBUCKET_WORKSPACE: 'acme' };
    const args = ['exec', '--role-arn', ROLE, '--region', 'eu-west-1', '--sts-endpoint', emulator.ready.sts];
    const look = 'for p in $PPID $$; do tr "\\0" " " < /proc/$p/cmdline; stat -c " %a" /proc/$p/environ; done';
    const { status, stdout, stderr } = await awsOidc([...args, '--', 'sh', '-c', look], { env });
    assert.equal(status, 0, stderr);
    for (const secret of await emulator.control.secretValues()) assert.ok(!stdout.includes(secret));
    assert.deepEqual(stdout.match(/ 400$/gm)?.length, 2);
  });
});
