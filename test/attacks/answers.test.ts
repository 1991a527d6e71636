/** Attacks by false answers in the name of AWS STS and of token services, on the three built programs. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { awsOidc, azureScript, gitHubJob } from '../e2e/cli/aws-oidc.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../support/index.ts';
import { Listener } from './support/listener.ts';
import { ACCOUNT, NEXT_ROLE, type Outcome, type Program, ROLE, SESSION, startPrograms } from './support/programs.ts';

const CREDENTIALS = {
  AccessKeyId: 'ASIAATTACKERSOWNKEY1',
  SecretAccessKey: 'attackersSecretAccessKeyOfThisTest000000',
  SessionToken: 'attackersSessionTokenOfThisTest0000000000',
  // One hour from now, as requested.
  Expiration: () => new Date(Date.now() + 3_600_000).toISOString(),
};
const ARN = `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/${SESSION}`;

interface Answer {
  readonly arn?: string;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly action?: string;
}

function answered({ arn = ARN, credentials = {}, action = 'AssumeRoleWithWebIdentity' }: Answer): string {
  const all = { ...CREDENTIALS, Expiration: CREDENTIALS.Expiration(), ...credentials };
  const members = Object.entries(all).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><AssumedRoleUser><AssumedRoleId>AROATEST:${SESSION}</AssumedRoleId><Arn>${arn}</Arn></AssumedRoleUser><Credentials>${members.join('')}</Credentials></${action}Result></${action}Response>`;
}

const yearsFromNow = (years: number) => new Date(Date.now() + years * 31_536_000_000).toISOString();

const FORGED: Readonly<Record<string, Answer>> = {
  'another account': { arn: ARN.replace(ACCOUNT, '999999999999') },
  'another role': { arn: ARN.replace('/deploy/', '/admin/') },
  'a role whose name begins the same': { arn: ARN.replace('/deploy/', '/deployer/') },
  'a role with a path': { arn: ARN.replace('/deploy/', '/path/deploy/') },
  'another session': { arn: `${ARN}x` },
  'the session in another case': { arn: ARN.replace(SESSION, SESSION.toUpperCase()) },
  'another partition': { arn: ARN.replace('arn:aws:', 'arn:aws-cn:') },
  'another service': { arn: ARN.replace(':sts:', ':iam:') },
  'a region in the ARN': { arn: ARN.replace(':sts::', ':sts:eu-west-1:') },
  'the root user': { arn: `arn:aws:iam::${ACCOUNT}:root` },
  'a federated user': { arn: `arn:aws:sts::${ACCOUNT}:federated-user/${SESSION}` },
  'the role itself': { arn: ROLE },
  'no ARN': { arn: '' },
  'a letter': { arn: 'x' },
  'a log command': { arn: '##vso[task.setvariable variable=PWNED]yes' },
  'a right ARN with a log command after it': { arn: `${ARN}&#10;##vso[task.setvariable variable=PWNED]yes` },
  'the right ARN, in full-width letters': { arn: ARN.replace('deploy', 'ｄeploy') },
  'the right ARN, with a zero-width space': { arn: ARN.replace('deploy', 'de\u200bploy') },
  'a second ARN after the right one': { arn: `${ARN}</Arn><Arn>arn:aws:sts::999999999999:assumed-role/evil/x` },
  'the end of time': { credentials: { Expiration: '9999-12-31T23:59:59Z' } },
  'ten years': { credentials: { Expiration: yearsFromNow(10) } },
  'a day more than asked for': { credentials: { Expiration: yearsFromNow(1 / 365) } },
  'an end in 2001': { credentials: { Expiration: '2001-01-01T00:00:00Z' } },
  'an end that is no time': { credentials: { Expiration: 'never' } },
  'no end': { credentials: { Expiration: '' } },
  'an end in local time': { credentials: { Expiration: 'Thu Jan 01 2099 00:00:00' } },
  'a key id in lower case': { credentials: { AccessKeyId: CREDENTIALS.AccessKeyId.toLowerCase() } },
  'a short key id': { credentials: { AccessKeyId: 'ASIA1' } },
  'a long key id': { credentials: { AccessKeyId: `ASIA${'A'.repeat(125)}` } },
  'a key id with a line end': { credentials: { AccessKeyId: `${CREDENTIALS.AccessKeyId}&#10;export PATH=/evil` } },
  'a key id with a blank': { credentials: { AccessKeyId: `${CREDENTIALS.AccessKeyId} ` } },
  'a key id in full-width letters': { credentials: { AccessKeyId: `ＡSIAATTACKERSOWNKEY1` } },
  ...Object.fromEntries(
    (['SecretAccessKey', 'SessionToken'] as const).flatMap((member) =>
      [
        ['a macro', '$(System.AccessToken)'],
        ['a substitution', '$(touch owned)aaaaaaaaaaaaaaaaaaaaaaaa'],
        ['a backtick', '`touch owned`aaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
        ['a quote', "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'b"],
        ['a line end', 'aaaaaaaaaaaaaaaaaaaaaa&#10;export PATH=/evil'],
        ['a carriage return', 'aaaaaaaaaaaaaaaaaaaaaa&#13;##vso[task.complete]'],
        ['a NUL', 'aaaaaaaaaaaaaaaaaaaa&#0;aaaaaaaaaaaaaaaaaaaaa'],
        ['a blank', 'aaaaaaaaaaaaaaaaaaaa aaaaaaaaaaaaaaaaaaaaaaaa'],
        ['a percent sign', 'aaaaaaaaaaaaaaaaaaaa%0Aaaaaaaaaaaaaaaaaaaaaaa'],
        ['a section', ']&#10;[profile evil]&#10;credential_process = id'],
        ['a letter of another alphabet', 'аaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
        ['nothing', ''],
      ].map(([label, value]) => [`${label} in ${member}`, { credentials: { [member]: value ?? '' } }]),
    ),
  ),
};

describe('attacks by answers of STS', function () {
  this.timeout(300_000);
  let programs: Program[];
  before(async () => {
    programs = await startPrograms();
  });
  after(async () => {
    for (const program of programs ?? []) await program.close();
  });

  async function answeredWith(program: Program, body: string, action?: string): Promise<Outcome> {
    const { control } = program.emulator;
    await control.setFaults([
      { match: { endpoint: 'sts', ...(action === undefined ? {} : { action }) }, fault: { status: 200, body } },
    ]);
    try {
      return await program.assume(action === 'AssumeRole' ? { chainRoleArns: NEXT_ROLE } : {});
    } finally {
      await control.clearFaults();
    }
  }

  function assertRefused({ succeeded, code, output, published }: Outcome, label: string): void {
    assert.equal(succeeded, false, label);
    assert.equal(code, 'UnexpectedAnswer', `${label}: ${output}`);
    assert.deepEqual(published, [], label);
    for (const secret of [CREDENTIALS.SecretAccessKey, CREDENTIALS.SessionToken])
      assert.ok(!output.includes(secret), label);
    assert.doesNotMatch(output, /^##vso/m, label);
  }

  it('8: a correct made-up answer is accepted, so the others are refused for their differences', async () => {
    for (const program of programs) {
      const { succeeded, output } = await answeredWith(program, answered({}));
      assert.ok(succeeded, `${program.name}: ${output}`);
    }
  });

  for (const name of ['pipe', 'task', 'command line'] as const) {
    it(`8: credentials of another account, role, session, time or alphabet are not published: ${name}`, async () => {
      const program = programs.find((one) => one.name === name);
      assert(program);
      // The programs share the check. The others take every fifth answer.
      const all = Object.entries(FORGED).filter((_, index) => name === 'pipe' || index % 5 === 0);
      for (const [label, answer] of all) assertRefused(await answeredWith(program, answered(answer)), label);
    });

    it(`8: neither are those of the last role of a chain: ${name}`, async () => {
      const program = programs.find((one) => one.name === name);
      assert(program);
      const next = ARN.replace('/deploy/', '/next/');
      for (const arn of [ARN, next.replace(ACCOUNT, '999999999999'), `${next}x`]) {
        assertRefused(await answeredWith(program, answered({ arn, action: 'AssumeRole' }), 'AssumeRole'), arn);
      }
    });
  }
});

/** Forms of a text that an attacker writes to pass a filter. */
const DISGUISES: Readonly<Record<string, (token: string) => string>> = {
  whole: (token) => token,
  'in upper case': (token) => token.toUpperCase(),
  'in lower case': (token) => token.toLowerCase(),
  'without its head': (token) => token.slice(token.indexOf('.') + 1),
  'its signature': (token) => token.split('.').at(-1) ?? '',
  'its last 40 characters': (token) => token.slice(-40),
  'from its middle': (token) => token.slice(300, 340),
  spaced: (token) => [...token].join(' '),
  'with dashes': (token) => token.replace(/(.{5})/g, '$1-'),
  'with zero-width spaces': (token) => [...token].join('\u200b'),
  'with combining marks': (token) => [...token].join('\u0301'),
  'with bidirectional marks': (token) => [...token].join('\u202e'),
  'with soft hyphens': (token) => [...token].join('\u00ad'),
  'with escape sequences': (token) => [...token].join('\u001b[0m'),
  'in full-width letters': (token) =>
    token.replace(/[!-~]/g, (one) => String.fromCodePoint(one.charCodeAt(0) + 0xfee0)),
  'in hexadecimal': (token) => Buffer.from(token).toString('hex'),
  'in spaced hexadecimal': (token) => Buffer.from(token).toString('hex').replace(/(..)/g, '$1 '),
  'in base64': (token) => Buffer.from(token).toString('base64'),
  'in base64, shifted': (token) => Buffer.from(`xx${token}`).toString('base64'),
  'in base64url': (token) => Buffer.from(token).toString('base64url'),
  percent_encoded: (token) => token.replace(/./g, (one) => `%${one.charCodeAt(0).toString(16)}`),
  'in escapes of JSON': (token) => token.replace(/./g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`),
  'in character references': (token) => token.replace(/./g, (one) => `&amp;#${one.charCodeAt(0)};`),
};

/** Length of the longest run of the secret's characters in the text, in any case and with any text between. */
function longestRun(secret: string, text: string): number {
  const plain = (one: string) =>
    one
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^a-z\d]/g, '');
  const [plainSecret, plainOutput] = [plain(secret), plain(text)];
  let longest = 0;
  for (let first = 0; first < plainSecret.length; first++) {
    while (plainOutput.includes(plainSecret.slice(first, first + longest + 1)) && first + longest < plainSecret.length)
      longest++;
  }
  return longest;
}

const MOST = 15;

function error(member: 'Code' | 'Message' | 'RequestId' | 'Type', text: string): string {
  const all = { Type: 'Sender', Code: 'AccessDenied', Message: 'no', RequestId: '0123', [member]: text };
  const { RequestId, ...inside } = all;
  const xml = Object.entries(inside).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<ErrorResponse><Error>${xml.join('')}</Error><RequestId>${RequestId}</RequestId></ErrorResponse>`;
}

describe('attacks by answers that quote a secret', function () {
  this.timeout(300_000);
  let programs: Program[];
  let emulator: EmulatorProcess;
  before(async () => {
    programs = await startPrograms('pipe');
    emulator = await startEmulatorProcess();
  });
  after(async () => {
    for (const program of programs ?? []) await program.close();
    await emulator?.stop();
  });

  for (const [name, disguise] of Object.entries(DISGUISES)) {
    it(`14: no part of the token is printed: ${name}`, async () => {
      const [program] = programs;
      assert(program);
      let token = '';
      const server = await Listener.start(({ body }, response) => {
        token = new URLSearchParams(body).get('WebIdentityToken') ?? '';
        const member = members.shift() ?? 'Message';
        const text = disguise(token);
        if (member === 'page') {
          // A server header can contain no other characters.
          const header = text.replace(/[^\x20-\x7e]/g, '');
          response.writeHead(418, { server: header, 'x-amzn-requestid': header, via: header }).end(`<html>${text}`);
        } else if (member === 'status') {
          response.writeHead(418, text.replace(/[^\x20-\x7e]/g, ''), { 'content-type': 'text/plain' }).end(text);
        } else response.writeHead(403).end(error(member, text));
      });
      const members: ('Code' | 'Message' | 'RequestId' | 'page' | 'status')[] = [];
      try {
        for (const member of ['Code', 'Message', 'RequestId', 'page', 'status'] as const) {
          members.push(member);
          const { succeeded, output } = await program.assume({ stsEndpoint: server.origin }, { DEBUG: 'true' });
          assert.equal(succeeded, false);
          assert.ok(token.length > 500);
          for (const secret of [token, Buffer.from(token).toString('hex'), Buffer.from(token).toString('base64')]) {
            assert.ok(longestRun(secret, output) <= MOST, `${member}: ${output}`);
          }
        }
      } finally {
        server.stop();
      }
    });
  }

  it('14, own 1: no part of the first session of a chain is printed', async () => {
    const [program] = programs;
    assert(program);
    for (const [name, disguise] of Object.entries(DISGUISES)) {
      const server = await Listener.start(({ body }, response) => {
        const { SecretAccessKey, SessionToken } = CREDENTIALS;
        if (body.includes('Action=AssumeRoleWithWebIdentity')) response.writeHead(200).end(answered({}));
        else response.writeHead(403).end(error('Message', `${disguise(SessionToken)} ${disguise(SecretAccessKey)}`));
      });
      try {
        const { succeeded, output } = await program.assume({ stsEndpoint: server.origin, chainRoleArns: NEXT_ROLE });
        assert.equal(succeeded, false);
        assert.equal(server.requests.length, 2);
        for (const secret of [CREDENTIALS.SecretAccessKey, CREDENTIALS.SessionToken]) {
          assert.ok(longestRun(secret, output) <= MOST, `${name}: ${output}`);
        }
      } finally {
        server.stop();
      }
    }
  });

  it('14: no part of the access token, nor of the request token, is printed', async () => {
    const bearer = randomBytes(48).toString('base64url');
    const server = await Listener.start(({ authorization }, response) => {
      const text = DISGUISES[names.shift() ?? 'whole']?.(authorization.replace('Bearer ', '')) ?? '';
      response.writeHead(403).end(JSON.stringify({ message: text, error: text, value: { Message: text } }));
    });
    const names: string[] = [];
    const path = '/acme/p/_apis/distributedtask/hubs/build/plans/1/jobs/2/oidctoken';
    const { SYSTEM_JOBID: _, ...azure } = azureScript(emulator);
    const environments = [
      {
        ...azure,
        SYSTEM_ACCESSTOKEN: bearer,
        SYSTEM_OIDCREQUESTURI: `${server.origin}${path}`,
        ENDPOINT_URL_SYSTEMVSSCONNECTION: `${server.origin}/acme/`,
      },
      {
        ...gitHubJob(emulator),
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
        ACTIONS_ID_TOKEN_REQUEST_URL: `${server.origin}/token`,
      },
    ];
    try {
      for (const env of environments) {
        for (const name of Object.keys(DISGUISES)) {
          names.push(name);
          const args = ['exec', '--role-arn', ROLE, '--region', 'eu-west-1', '--verbose', '--', 'true'];
          const { status, stdout, stderr } = await awsOidc(args, { env });
          assert.equal(status, 1, stderr);
          for (const secret of [bearer, Buffer.from(bearer).toString('hex'), Buffer.from(bearer).toString('base64')]) {
            assert.ok(longestRun(secret, stdout + stderr) <= MOST, `${name}: ${stderr}`);
          }
        }
      }
      assert.equal(server.requests.length, 2 * Object.keys(DISGUISES).length);
    } finally {
      server.stop();
    }
  });
});

/** Prints the largest memory that the process ever had, kB. */
const MEMORY = `--import=data:text/javascript,process.on('exit',()=>console.log('MEMORY',process.resourceUsage().maxRSS))`;

describe('attacks on time and memory', function () {
  this.timeout(300_000);
  const TIME_LIMIT = 3;
  /** Time to start a process on a busy machine, milliseconds. */
  const START = 4000;
  let programs: Program[];
  let usual: number;
  before(async () => {
    programs = await startPrograms('pipe');
    usual = memoryOf(await assumed());
  });
  after(async () => {
    for (const program of programs ?? []) await program.close();
  });

  function assumed(stsEndpoint?: string): Promise<Outcome> {
    const [program] = programs;
    assert(program);
    const limits = { timeoutSeconds: String(TIME_LIMIT), ...(stsEndpoint === undefined ? {} : { stsEndpoint }) };
    return program.assume(limits, { MAX_ATTEMPTS: '1', NODE_OPTIONS: MEMORY });
  }
  const memoryOf = ({ output }: Outcome) => Number(/^MEMORY (\d+)$/m.exec(output)?.[1]) / 1024;

  const MEBIBYTE = 1024 * 1024;
  const attacks: Readonly<Record<string, (token: string, response: import('node:http').ServerResponse) => void>> = {
    'an error of 960 kB, of beginnings of the token': (token, response) =>
      response.writeHead(403).end(error('Message', `${token.slice(0, 15)} `.repeat(60_000))),
    'an error of 960 kB, of runs of 16 characters of the token': (token, response) =>
      response.writeHead(403).end(error('Message', `${token.slice(40, 56)} `.repeat(56_000))),
    'an error of 1 MB in its code': (token, response) => response.writeHead(403).end(error('Code', token.repeat(800))),
    'an answer of 1 MiB in chunks of one byte': (_, response) => {
      response.writeHead(200);
      for (let index = 0; index < MEBIBYTE / 8; index++) response.write('x');
      response.end();
    },
    'an answer without an end': (_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, '<a>')));
        response.once('drain', more);
      };
      more();
    },
    'an answer that claims 4 GB': (_, response) =>
      response.writeHead(200, { 'content-length': '4294967296' }).write('<'),
    'a byte now and then': (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 100);
      response.once('close', () => clearInterval(timer));
    },
    '250 000 levels of elements': (_, response) => response.writeHead(200).end('<a>'.repeat(250_000)),
    '60 000 attributes': (_, response) =>
      response.writeHead(200).end(`<a ${Array.from({ length: 60_000 }, (_v, index) => `b${index}="c"`).join(' ')}/>`),
    'elements that open and never close': (_, response) => response.writeHead(403).end('<Code>'.repeat(170_000)),
    'comments, CDATA and entities': (_, response) =>
      response
        .writeHead(403)
        .end(`<!DOCTYPE a [<!ENTITY b "${'c'.repeat(1000)}">]><Error><Code>${'&b;'.repeat(100_000)}</Code></Error>`),
    'a bomb of gzip that was not asked for': (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(200 * MEBIBYTE))),
    'headers of 1 MB': (_, response) =>
      response
        .writeHead(
          200,
          Object.fromEntries(Array.from({ length: 100 }, (_v, index) => [`x-${index}`, 'y'.repeat(10_000)])),
        )
        .end(),
    'a switch to another protocol': (_, response) =>
      response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    'informational answers without an end': (_, response) => {
      const timer = setInterval(() => response.socket?.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(100)), 10);
      response.socket?.once('close', () => clearInterval(timer));
    },
    'two lengths': (_, response) =>
      response.socket?.end(
        'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      ),
    'a length that is no number': (_, response) =>
      response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 0x10\r\n\r\nhello'),
    'a chunk of 16 EB': (_, response) =>
      response.socket?.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\nx'),
    'no answer': () => {},
  };

  for (const [name, attack] of Object.entries(attacks)) {
    it(`15: ends within the time limit and in bounded memory: ${name}`, async () => {
      const server = await Listener.start(({ body }, response) =>
        attack(new URLSearchParams(body).get('WebIdentityToken') ?? '', response),
      );
      try {
        const outcome = await assumed(server.origin);
        assert.equal(outcome.succeeded, false);
        assert.notEqual(outcome.code, 'Internal', outcome.output);
        assert.ok(outcome.took < TIME_LIMIT * 1000 + START, `${outcome.took} ms`);
        assert.ok(memoryOf(outcome) < usual + 100, `${memoryOf(outcome)} MiB, usually ${usual}`);
        assert.deepEqual(outcome.published, []);
      } finally {
        server.stop();
      }
    });
  }
});
