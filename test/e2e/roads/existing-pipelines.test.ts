/** Guides for existing pipelines as their readers follow them: away from stored keys, and with templates of a platform team. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { skipWithout, unlessMissing } from '../../support/tools.ts';
import { ACCOUNT } from './cloud/call.ts';
import { Cloud } from './cloud/cloud.ts';
import { commandsUnder, snippetsUnder } from './documented.ts';
import { runAzure, runBitbucket } from './pipelines.ts';
import { azureDevOps } from './systems.ts';

const ID = '11111111-2222-3333-4444-555555555555';
const MOVING = 'docs/moving-off-stored-keys.md';
const TEAMS = 'docs/platform-teams.md';
/** Keys that no service accepts. They begin like a user's key. */
const OLD_KEY = { AWS_ACCESS_KEY_ID: 'AKIAOLD_KEY', AWS_SECRET_ACCESS_KEY: 'stored' };

/**
 * Replaces `${{ parameters.name }}` as Azure Pipelines does before a run. A list becomes part of the surrounding list.
 */
function expanded(value: unknown, parameters: Readonly<Record<string, unknown>>): unknown {
  const parameterOf = (text: unknown) =>
    typeof text === 'string' ? /^\$\{\{ parameters\.(\w+) \}\}$/.exec(text)?.[1] : undefined;
  const name = parameterOf(value);
  if (name !== undefined) return parameters[name];
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const result = expanded(item, parameters);
      return parameterOf(item) !== undefined && Array.isArray(result) ? result : [result];
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expanded(item, parameters)]));
}

describe('the guide for existing pipelines', function () {
  this.timeout(120_000);
  let cloud: Cloud;
  let repository: string;

  before(function () {
    skipWithout(this, 'aws');
  });
  beforeEach(async function () {
    cloud = await unlessMissing(this, Cloud.start);
    repository = path.join(cloud.folder, 'repository');
    mkdirSync(path.join(repository, 'site'), { recursive: true });
    writeFileSync(path.join(repository, 'site/index.html'), 'hello');
  });
  afterEach(() => cloud?.stop());

  const yamlUnder = (file: string, heading: string) =>
    snippetsUnder(file, heading).flatMap(({ language, text }) => (language === 'yaml' ? [text] : []));
  const uploaded = () => cloud.sh(`aws s3 cp s3://acme-site-${ACCOUNT}/index.html -`);

  async function runOnAzure(file: string, connection: string) {
    await cloud.sh(commandsUnder('README.md', '## Azure Pipelines').replace('/aws-deploy', `/${connection}`));
    const names = { organization: 'my-organization', organizationId: ID, project: 'my-project', connection };
    const emulator = await cloud.openDoor(azureDevOps(names));
    return runAzure({ emulator, file, repository, env: cloud.network, connection });
  }

  it('moves a Bitbucket step off its stored key, and the step reports that the key still exists', async () => {
    await cloud.sh(commandsUnder('README.md', '## Bitbucket Pipelines'));
    const [, after = ''] = yamlUnder(MOVING, '### Bitbucket Pipelines');
    const emulator = await cloud.openDoor({ bitbucket: { workspace: 'acme', workspaceUuid: ID } });
    const sub = '{66666666-7777-8888-9999-000000000000}:{1f0c9a2b-1111-4222-8333-444455556666}';
    const env = { ...cloud.network, ...OLD_KEY };
    const { exitCode, log } = await runBitbucket({ emulator, file: after, repository, env, sub });
    assert.equal(exitCode, 0, `${log}\n${cloud.faults.join('\n')}`);
    assert.match(log, /assumed-role\/deploy\//);
    assert.match(log, /AWS_ACCESS_KEY_ID was a stored key/);
    assert.equal(await uploaded(), 'hello');
  });

  it('moves a job of Azure Pipelines off its stored key', async () => {
    const [, after = ''] = yamlUnder(MOVING, '### Azure Pipelines');
    const { exitCode, log } = await runOnAzure(after, 'aws-deploy');
    assert.equal(exitCode, 0, `${log}\n${cloud.faults.join('\n')}`);
    assert.match(log, /assumed-role\/deploy\//);
    assert.equal(await uploaded(), 'hello');
  });

  it('deploys with the template of a platform team', async () => {
    const [template = '', pipeline = ''] = yamlUnder(TEAMS, '## A template for everyone');
    const [{ jobs }] = parse(pipeline).stages;
    const steps: { template?: string; parameters?: Record<string, unknown> }[] = jobs[0].strategy.runOnce.deploy.steps;
    const defaults = Object.fromEntries(
      parse(template).parameters.map(({ name, default: value }: { name: string; default?: unknown }) => [name, value]),
    );
    const all = steps.flatMap((step) =>
      step.template === undefined
        ? [step]
        : (expanded(parse(template).steps, { ...defaults, ...step.parameters }) as unknown[]),
    );
    const { exitCode, log } = await runOnAzure(stringify({ steps: all }), 'aws-production');
    assert.equal(exitCode, 0, `${log}\n${cloud.faults.join('\n')}`);
    assert.equal(await uploaded(), 'hello');
  });

  it('deploys with the template that pipelines must extend', async () => {
    const [template = '', pipeline = ''] = yamlUnder(TEAMS, '### A template that pipelines must extend');
    const { stages } = parse(template);
    const steps = expanded(stages[0].jobs[0].steps, parse(pipeline).extends.parameters);
    const { exitCode, log } = await runOnAzure(stringify({ steps }), 'aws-production');
    assert.equal(exitCode, 0, `${log}\n${cloud.faults.join('\n')}`);
    assert.equal(await uploaded(), 'hello');
  });
});
