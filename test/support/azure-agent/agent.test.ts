import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AzureAgent } from './agent.ts';

describe('an agent', () => {
  const accessToken = 'access-token-of-the-job-0123456789';
  let folder: string;
  let agent: AzureAgent;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'task-'));
    agent = new AzureAgent({
      systemConnection: { url: 'https://dev.azure.com/acme/', accessToken },
      secretVariables: { hidden: 'hidden-value-0123456789' },
    });
  });
  afterEach(() => {
    agent.dispose();
    rmSync(folder, { recursive: true });
  });

  function task(body: string, definition: object = {}): string {
    const here = mkdtempSync(path.join(folder, 'v-'));
    mkdirSync(here, { recursive: true });
    const execution = { Node20_1: { target: 'index.js' } };
    writeFileSync(
      path.join(here, 'task.json'),
      JSON.stringify({
        name: 'T',
        inputs: [{ name: 'a.b', type: 'string', defaultValue: ' $(Build.BuildId)-$(none) ' }],
        execution,
        ...definition,
      }),
    );
    writeFileSync(path.join(here, 'index.js'), body);
    return here;
  }
  const printing = (...lines: string[]) => task(lines.map((line) => `console.log(${JSON.stringify(line)})`).join('\n'));

  it('gives a task its inputs, variables and connections, and closes standard input', async () => {
    agent.store.set('Build.BuildId', '7');
    const result = await agent.runTask({
      folder: task(`
        const e = process.env;
        console.log(JSON.stringify([e.INPUT_A_B, e.INPUT_C, e.BUILD_BUILDID, e.HIDDEN, !!e.SECRET_HIDDEN, !!e.ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN, require('fs').readFileSync(0, 'utf8'), process.cwd() === __dirname]));`),
      inputs: { c: ' $(build.buildid) ' },
    });
    assert.deepEqual(JSON.parse(result.stdout), ['7-$(none)', '7', '7', null, true, true, '', false]);
  });

  it('passes plain variables to later scripts, and secret ones only if they are mapped', async () => {
    await agent.runTask({
      folder: printing(
        '##vso[task.setvariable variable=My.Plain]p',
        '##vso[task.setvariable variable=Closed;issecret=true]closed-value-0123456789',
      ),
    });
    const seen = await agent.runScript('echo "$MY_PLAIN ${CLOSED:-none} ${#MAPPED}"', { env: { MAPPED: '$(Closed)' } });
    assert.equal(seen.stdout.trim(), 'p none 23');
  });

  it('keeps outputs apart from variables', async () => {
    const declared = task(
      `console.log('##vso[task.setvariable variable=declared]d'); console.log('##vso[task.setvariable variable=flagged;isOutput=true]f');`,
      { outputVariables: [{ name: 'Declared' }] },
    );
    await agent.runTask({ folder: declared, name: 'step' });
    assert.deepEqual([agent.store.get('declared'), agent.store.get('flagged')], [undefined, undefined]);
    assert.deepEqual([agent.store.get('step.declared'), agent.store.get('step.flagged')], ['d', 'f']);
  });

  it('masks secrets in every form that its encoders know', async () => {
    const secret = 'se"cret/\\+=0123456789';
    const folder = task(`
      const s = ${JSON.stringify(secret)};
      console.log('##vso[task.setsecret]' + s);
      console.log([s, JSON.stringify(s), encodeURIComponent(s)].join(' | '));`);
    assert.deepEqual((await agent.runTask({ folder })).log, ['*** | "***" | ***']);
  });

  it('warns of commands that the step or the task may not use, and ignores them', async () => {
    const lines = [
      '##vso[task.setvariable variable=OTHER]x',
      '##vso[task.setvariable variable=aws_one]y',
      '##vso[task.uploadsummary]/etc/hostname',
    ];
    const result = await agent.runTask({
      folder: printing(...lines),
      target: { commands: 'restricted', settableVariables: ['AWS_*'] },
    });
    assert.equal(result.result, 'Succeeded');
    assert.deepEqual([agent.store.get('OTHER'), agent.store.get('aws_one')], [undefined, 'y']);
    assert.deepEqual(
      result.issues.map(({ type }) => type),
      ['warning', 'warning'],
    );
    assert.deepEqual(result.summaries, []);
  });

  it('uses the worst result, and treats any exit code except 0 as a failure', async () => {
    const complete = (result: string) => `##vso[task.complete result=${result};]`;
    assert.equal(
      (await agent.runTask({ folder: printing(complete('Failed'), complete('Succeeded')) })).result,
      'Failed',
    );
    assert.equal(
      (await agent.runTask({ folder: printing(complete('SucceededWithIssues')) })).result,
      'SucceededWithIssues',
    );
    assert.equal((await agent.runTask({ folder: task('process.exit(3)') })).result, 'Failed');
  });

  it('runs a failed task again, with the variables that it has set, as often as the step allows', async () => {
    const folder = task(`
      const tries = Number(process.env.TRIES ?? 0) + 1;
      console.log('##vso[task.setvariable variable=tries]' + tries);
      console.log('##vso[task.settaskvariable variable=kept]' + tries);
      console.log([process.env.INPUT_VALUE, process.env.VSTS_TASKVARIABLE_KEPT].join());
      console.log('##vso[task.complete result=' + (tries < 3 ? 'Failed' : 'Succeeded') + ';]');`);
    const run = (retryCountOnTaskFailure: number) =>
      agent.runTask({ folder, retryCountOnTaskFailure, inputs: { value: 'tried $(tries) times' } });
    const [last] = (await run(2)).log;
    assert.deepEqual([last, agent.store.get('Agent.JobStatus')], ['tried $(tries) times,2', 'Succeeded']);
    agent.store.unset('tries');
    assert.equal((await run(1)).result, 'Failed');
    assert.deepEqual([agent.store.get('tries'), agent.store.get('Agent.JobStatus')], ['2', 'Failed']);
  });

  it('refuses a secret with several lines', async () => {
    const result = await agent.runTask({
      folder: printing('##vso[task.setvariable variable=a;issecret=true]one-line-0123456789%0Atwo'),
    });
    assert.equal(result.result, 'Failed');
  });

  it('reads standard error too, and a last line without a line break', async () => {
    const result = await agent.runTask({ folder: task(`process.stderr.write('##vso[task.setvariable variable=a]b')`) });
    assert.equal(result.result, 'Succeeded');
    assert.equal(agent.store.get('a'), 'b');
  });

  it('runs post-job handlers in reverse order, with their own task variables', async () => {
    const withPost = (name: string) => {
      const folder = task(`console.log('##vso[task.settaskvariable variable=kept]${name}')`, {
        postjobexecution: { Node20_1: { target: 'post.js' } },
      });
      writeFileSync(path.join(folder, 'post.js'), 'console.log(process.env.VSTS_TASKVARIABLE_KEPT)');
      return folder;
    };
    await agent.runTask({ folder: withPost('first') });
    await agent.runTask({ folder: withPost('second') });
    agent.skipTask({ folder: withPost('never run') });
    assert.deepEqual(
      (await agent.finish()).map(({ stdout }) => stdout.trim()),
      ['undefined', 'second', 'first'],
    );
    assert.ok(!existsSync(agent.tempFolder));
  });

  it('gives a task only the connections that its inputs name, by alias or by name', async () => {
    agent.dispose();
    const [used, other] = ['11111111-2222-4333-8444-555555555555', '66666666-7777-4888-8999-000000000000'];
    agent = new AzureAgent({
      systemConnection: { url: 'https://dev.azure.com/acme', accessToken },
      serviceConnections: {
        [used]: {
          name: 'aws-deploy',
          type: 'AWS',
          url: 'https://aws.amazon.com',
          scheme: 'UsernamePassword',
          parameters: { 'role Arn': 'arn', password: 'connection-password' },
          data: { region: 'eu-west-1' },
        },
        [other]: { name: 'other', type: 'Generic' },
      },
    });
    const inputs = [{ name: 'connection', type: 'connectedService:AWS', aliases: ['awsCredentials'] }];
    const folder = task('for (const k in process.env) if (/^(ENDPOINT|INPUT)_/.test(k)) console.log(k)', { inputs });
    const result = await agent.runTask({ folder, inputs: { AWSCredentials: 'AWS-deploy' } });
    assert.deepEqual(result.stdout.trim().split('\n').sort(), [
      `ENDPOINT_AUTH_${used}`,
      `ENDPOINT_AUTH_PARAMETER_${used}_PASSWORD`,
      `ENDPOINT_AUTH_PARAMETER_${used}_ROLE_ARN`,
      'ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN',
      `ENDPOINT_AUTH_SCHEME_${used}`,
      'ENDPOINT_AUTH_SCHEME_SYSTEMVSSCONNECTION',
      'ENDPOINT_AUTH_SYSTEMVSSCONNECTION',
      `ENDPOINT_DATA_${used}`,
      `ENDPOINT_DATA_${used}_REGION`,
      `ENDPOINT_URL_${used}`,
      'ENDPOINT_URL_SYSTEMVSSCONNECTION',
      'INPUT_CONNECTION',
    ]);
    assert.equal(result.environment['INPUT_CONNECTION'], used);
    assert.equal(result.environment['ENDPOINT_URL_SYSTEMVSSCONNECTION'], 'https://dev.azure.com/acme');
    const { parameters, scheme } = JSON.parse(result.environment[`ENDPOINT_AUTH_${used}`] ?? '');
    assert.deepEqual([scheme, parameters['role Arn']], ['UsernamePassword', 'arn']);
    await assert.rejects(
      agent.runTask({ folder, inputs: { connection: 'nobody' } }),
      /connection nobody could not be found/,
    );
  });

  it('masks the contents of connections, except public values', async () => {
    agent.dispose();
    agent = new AzureAgent({
      systemConnection: { url: 'https://dev.azure.com/acme/', accessToken },
      serviceConnections: {
        x: { name: 'x', type: 'T', parameters: { password: 'connection-password', role: 'my-role' } },
      },
    });
    const { log } = await agent.runTask({ folder: printing('connection-password of my-role') });
    assert.deepEqual(log, ['*** of my-role']);
  });

  it('skips a task with a connection for pull requests of forks', async () => {
    agent.dispose();
    agent = new AzureAgent({
      systemConnection: { url: 'https://dev.azure.com/acme/', accessToken },
      serviceConnections: { x: { name: 'x', type: 'T' } },
      variables: { 'System.RestrictSecrets': 'True', 'System.PullRequest.IsFork': 'True' },
    });
    const inputs = [{ name: 'connection', type: 'connectedService:T' }];
    const folder = task('console.log("ran")', { inputs });
    assert.equal((await agent.runTask({ folder, inputs: { connection: 'x' } })).result, 'Skipped');
    assert.deepEqual((await agent.runTask({ folder })).log, ['ran']);
  });

  it('expands macros from variables, then from its own environment, and makes paths of files absolute', async () => {
    agent.dispose();
    agent = new AzureAgent({
      systemConnection: { url: 'https://dev.azure.com/acme/', accessToken },
      variables: { 'My.Role': 'deploy' },
      environment: { COLOR: 'green' },
    });
    const inputs = [
      { name: 'text', type: 'string' },
      { name: 'file', type: 'filePath' },
    ];
    const { environment } = await agent.runTask({
      folder: task('', { inputs }),
      inputs: { text: ' $(my.role) $(COLOR) $(color) $(none) ', file: 'trust.json' },
      env: { MAPPED: '$(COLOR)' },
    });
    assert.equal(environment['INPUT_TEXT'], 'deploy green $(color) $(none)');
    assert.equal(environment['INPUT_FILE'], path.join(agent.store.get('Build.SourcesDirectory') ?? '', 'trust.json'));
    assert.equal(environment['MAPPED'], 'green');
  });

  it('gives a variable of the job precedence over the step’s environment, and that over the agent’s', async () => {
    agent.dispose();
    agent = new AzureAgent({
      systemConnection: { url: 'https://dev.azure.com/acme/', accessToken },
      variables: { AWS_REGION: 'eu-west-1' },
      environment: { AWS_REGION: 'a', AWS_PROFILE: 'left by an earlier job', OTHER: 'a' },
    });
    const { stdout } = await agent.runScript('echo "$AWS_REGION|$AWS_PROFILE|$OTHER|$TF_BUILD"', {
      env: { AWS_REGION: 's', OTHER: 's' },
    });
    assert.equal(stdout.trim(), 'eu-west-1|left by an earlier job|s|True');
  });

  it('passes on only the path of this process’s environment', async () => {
    const { environment } = await agent.runScript('true');
    const own = Object.keys(process.env).filter((name) => environment[name] === process.env[name]);
    assert.deepEqual(
      own.filter((name) => !['PATH', 'LANG', 'HOME'].includes(name)),
      [],
    );
  });

  it('names a step by its task if it has no name, and forgets variables of one step', async () => {
    const folder = printing('##vso[task.setvariable variable=x;isOutput=true]1');
    const [first, second] = [await agent.runTask({ folder }), await agent.runTask({ folder })];
    assert.deepEqual([agent.store.get('T.x'), agent.store.get('T1.x')], ['1', '1']);
    assert.deepEqual([first.outputs, second.environment['SYSTEM_TASKINSTANCENAME']], [{ x: '1' }, 'T1']);
    assert.equal(agent.store.get('System.TaskInstanceName'), undefined);
  });

  it('puts prepended paths first', async () => {
    await agent.runTask({ folder: printing('##vso[task.prependpath]/opt/one', '##vso[task.prependpath]/opt/two') });
    const { environment } = await agent.runScript('true');
    assert.equal(environment['PATH'], `/opt/two:/opt/one:${process.env['PATH']}`);
  });

  it('reads commands of scripts too, and expands macros in scripts', async () => {
    const result = await agent.runScript('echo "##vso[task.setvariable variable=a]$(Agent.OS)"; exit 3', {
      name: 'script',
    });
    assert.deepEqual([result.result, result.exitCode, agent.store.get('a')], ['Failed', 3, 'Linux']);
    assert.equal(agent.store.get('Agent.JobStatus'), 'Failed');
  });

  it('refuses a job for a newer agent, and a task without its handler', async () => {
    await assert.rejects(
      agent.runTask({ folder: task('', { minimumAgentVersion: '99.0.0' }) }),
      /demands Agent\.Version 99/,
    );
    await assert.rejects(agent.runTask({ folder: task('', { execution: {} }) }), /has no handler Node20_1/);
  });

  it('uses the given folder, with any name', async () => {
    agent.dispose();
    const workFolder = path.join(folder, 'an agent’s $HOME ü');
    agent = new AzureAgent({ workFolder, systemConnection: { url: 'https://dev.azure.com/acme/', accessToken } });
    const { stdout } = await agent.runScript('pwd; echo "$AGENT_TEMPDIRECTORY"');
    assert.deepEqual(stdout.trim().split('\n'), [
      path.join(workFolder, '_work/1/s'),
      path.join(workFolder, '_work/_temp'),
    ]);
    await agent.finish();
    assert.ok(!existsSync(workFolder));
  });

  it('has other variables in a release', async () => {
    agent.dispose();
    agent = new AzureAgent({ hub: 'rm', systemConnection: { url: 'https://vsrm.dev.azure.com/acme/', accessToken } });
    assert.deepEqual(
      ['System.HostType', 'Build.SourcesDirectory'].map((name) => agent.store.get(name)),
      ['release', undefined],
    );
  });

  describe('cancelling', () => {
    const waiting = (...handlers: string[]) =>
      task(`${handlers.join(';')}; setInterval(() => {}, 1000); console.log('ready')`);
    const says = (signal: string, end = '') => `process.on('${signal}', () => { console.log('${signal}'); ${end} })`;

    const cases: { name: string; folder: () => string; messages: string[]; exitCode: number }[] = [
      {
        name: 'interrupts first, and the step is cancelled though it ends well',
        folder: () => waiting(says('SIGINT', 'process.exit(0)'), says('SIGTERM')),
        messages: ['SIGINT'],
        exitCode: 0,
      },
      {
        name: 'terminates what goes on',
        folder: () => waiting(says('SIGINT'), says('SIGTERM', 'process.exit(0)')),
        messages: ['SIGINT', 'SIGTERM'],
        exitCode: 0,
      },
      {
        name: 'kills what still goes on',
        folder: () => waiting(says('SIGINT'), says('SIGTERM')),
        messages: ['SIGINT', 'SIGTERM'],
        exitCode: 128 + 9,
      },
    ];
    for (const { name, folder, messages, exitCode } of cases) {
      it(name, async () => {
        agent.store.set('PROCESS_SIGINT_TIMEOUT', '200');
        agent.store.set('PROCESS_SIGTERM_TIMEOUT', '1000');
        const cancellation = new AbortController();
        const result = await agent.runTask({
          folder: folder(),
          signal: cancellation.signal,
          onLine: (line) => line === 'ready' && cancellation.abort(),
        });
        assert.deepEqual(result.stdout.trim().split('\n'), ['ready', ...messages]);
        assert.deepEqual([result.result, result.exitCode], ['Canceled', exitCode]);
      });
    }

    it('fails a step that exceeds its time limit', async () => {
      const result = await agent.runTask({ folder: waiting(says('SIGINT', 'process.exit(0)')), timeoutMs: 300 });
      assert.equal(result.result, 'Failed');
      assert.match(result.log.at(-1) ?? '', /The task has timed out/);
    });
  });

  describe('fails the test', () => {
    const readsToken = `const token = process.env.ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN;`;
    const leaks: { name: string; says: RegExp; body: string }[] = [
      {
        name: 'in whose output a secret shows in base64',
        says: /the log \(base64, shifted by one\)/,
        body: `console.log('token: ' + Buffer.from('x' + token).toString('base64'))`,
      },
      {
        name: 'in whose debug lines a secret stands, though the agent masks it',
        says: /output besides commands \(raw\)/,
        body: `console.log('##vso[task.debug]' + token)`,
      },
      {
        name: 'that writes a secret beside a command made for it',
        says: /output besides commands \(raw\)/,
        body: `console.log(token + ' ##vso[task.setsecret]' + token)`,
      },
      {
        name: 'that gives a secret out as the output of its step',
        says: /outputs of the step \(raw\)/,
        body: `console.log('##vso[task.setvariable variable=x;isOutput=true]' + token)`,
      },
      {
        name: 'that writes a secret into its summary',
        says: /attachment summary\.md \(hex\)/,
        body: `
          const file = require('path').join(process.env.AGENT_TEMPDIRECTORY, 'summary.md');
          require('fs').writeFileSync(file, Buffer.from(token).toString('hex'), { mode: 0o600 });
          console.log('##vso[task.uploadsummary]' + file)`,
      },
    ];
    for (const { name, says, body } of leaks) {
      it(name, () => assert.rejects(agent.runTask({ folder: task(`${readsToken} ${body}`) }), says));
    }

    it('if a task sets a secret before masking it, because System.Debug would show it', async () => {
      const secret = 'set-before-it-was-masked';
      agent.secrets.add(secret);
      await assert.rejects(
        agent.runTask({
          folder: printing(`##vso[task.setvariable variable=a]${secret}`, `##vso[task.setsecret]${secret}`),
        }),
        /the log with System\.Debug \(raw\)/,
      );
    });

    it('if a task passes a foreign secret to later steps', async () => {
      await agent.runTask({
        folder: task(`${readsToken}
          for (const name of ['AWS_SESSION_TOKEN', 'PROD_AWS_SECRET_ACCESS_KEY', 'LEAK'])
            console.log('##vso[task.setvariable variable=' + name + ']' + token)`),
      });
      await assert.rejects(
        agent.runScript('true'),
        /^Error: a secret stands in: LEAK in the environment of a later step \(raw\)$/,
      );
    });

    it('if a script shows a secret unexpectedly', async () => {
      await agent.runTask({
        folder: task(`${readsToken} console.log('##vso[task.setvariable variable=AWS_SESSION_TOKEN]' + token)`),
      });
      await assert.rejects(agent.runScript('env'), /output besides commands/);
      const { log } = await agent.runScript('echo $AWS_SESSION_TOKEN', { mayPrintSecrets: true });
      assert.deepEqual(log, ['***']);
    });

    it('if a task leaves a secret in a file that others can read, or outside the temporary folder', async () => {
      const leave = (file: string, mode: number) => writeFileSync(file, accessToken, { mode });
      leave(path.join(agent.tempFolder, 'left'), 0o600);
      agent.verify();
      const open = path.join(agent.tempFolder, 'left-open');
      leave(open, 0o644);
      assert.throws(() => agent.verify(), /file _work\/_temp\/left-open \(644\) \(raw\)/);
      rmSync(open);
      leave(path.join(agent.store.get('Build.SourcesDirectory') ?? '', 'left'), 0o600);
      await assert.rejects(agent.finish(), /file _work\/1\/s\/left \(600\)/);
    });

    it('for secrets that are issued later', async () => {
      await agent.runTask({ folder: printing('made-while-the-job-ran') });
      agent.secrets.add('made-while-the-job-ran');
      await assert.rejects(agent.finish(), /the log \(raw\)/);
    });

    it('for secrets that it has to request', async () => {
      agent.dispose();
      agent = new AzureAgent({
        systemConnection: { url: 'https://dev.azure.com/acme/', accessToken },
        issuedSecrets: async () => ['issued-while-the-job-ran'],
      });
      await assert.rejects(agent.runTask({ folder: printing('issued-while-the-job-ran') }), /the log \(raw\)/);
    });
  });
});
