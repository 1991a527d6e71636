/** Follows README and guides as a new user does, word for word, up to the deployment. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unlessMissing } from '../../support/tools.ts';
import { ACCOUNT } from './cloud/call.ts';
import { Cloud } from './cloud/cloud.ts';
import { commandsUnder, snippetUnder } from './documented.ts';
import { runAzure, runBitbucket } from './pipelines.ts';
import { azureDevOps } from './systems.ts';

const BUCKET = `acme-site-${ACCOUNT}`;
const ID = '11111111-2222-3333-4444-555555555555';

const ROADS = {
  'Bitbucket in the README': ['README.md', '## Bitbucket Pipelines'],
  'Bitbucket in its guide': ['docs/bitbucket.md', '## From nothing to a deployed bucket'],
  'Azure Pipelines in the README': ['README.md', '## Azure Pipelines'],
  'Azure Pipelines in its guide': ['docs/azure-devops.md', '## Setup'],
  'Bitbucket on the listing page': ['pipe/README.md', '### Setup'],
  'Azure Pipelines on the Marketplace page': ['ado-extension/overview.md', '## Setup'],
} as const;

describe('the road of a new user', function () {
  this.timeout(240_000);
  let cloud: Cloud;
  let repository: string;

  beforeEach(async function () {
    cloud = await unlessMissing(this, Cloud.start);
    repository = path.join(cloud.folder, 'repository');
    mkdirSync(path.join(repository, 'site'), { recursive: true });
    writeFileSync(path.join(repository, 'site/index.html'), 'hello');
  });
  afterEach(() => cloud?.stop());

  for (const [road, [document, heading]] of Object.entries(ROADS)) {
    it(`on ${road} ends with files in the bucket`, async () => {
      await cloud.sh(commandsUnder(document, heading));
      const isBitbucket = road.startsWith('Bitbucket');
      const word = isBitbucket ? 'pipe:' : 'AwsOidcAssume';
      const file = snippetUnder(document, heading, { language: 'yaml', word });
      const { exitCode, log } = await (isBitbucket ? onBitbucket(file) : onAzure(file));
      assert.equal(exitCode, 0, `${log}\n${cloud.faults.join('\n')}`);
      assert.equal(await cloud.sh(`aws s3 cp s3://${BUCKET}/index.html -`), 'hello');
      assert.deepEqual(cloud.neverUsed('deploy'), ['s3:DeleteObject']);
    });
  }

  async function onBitbucket(file: string) {
    const emulator = await cloud.openDoor({ bitbucket: { workspace: 'acme', workspaceUuid: ID } });
    const sub = '{66666666-7777-8888-9999-000000000000}:{1f0c9a2b-1111-4222-8333-444455556666}';
    return runBitbucket({ emulator, file, repository, env: cloud.network, sub });
  }

  async function onAzure(file: string) {
    const [organization, project] = ['my-organization', 'my-project'];
    const [, connection = ''] = /serviceConnection: (\S+)/.exec(file) ?? [];
    const emulator = await cloud.openDoor(azureDevOps({ organization, organizationId: ID, project, connection }));
    return runAzure({ emulator, file, repository, env: cloud.network, connection });
  }
});
