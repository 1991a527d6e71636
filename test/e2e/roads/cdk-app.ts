/** A repository with an app of the CDK. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../docs/snippets.ts';
import { npmPackage } from '../../support/heavy-packages.ts';
import type { Cloud } from './cloud/cloud.ts';

/** The CDK's command line. */
const CLI = { name: 'aws-cdk', version: '2.1148.1' };

const APP = `const { App, Stack, CfnResource } = require('aws-cdk-lib');
const stack = new Stack(new App(), 'shop', { env: { account: '123456789012', region: 'eu-west-1' } });
new CfnResource(stack, 'Orders', { type: 'AWS::SQS::Queue', properties: { QueueName: 'shop-orders' } });
`;

export interface Repository {
  readonly folder: string;
  /** Variables of this machine for npm and the app. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * `npm ci` installs the CDK's command line from this machine. The library is too large for that: the app finds the one of
 * packages/cdk by NODE_PATH.
 */
export async function cdkApp(cloud: Cloud): Promise<Repository> {
  const folder = path.join(cloud.folder, 'cdk-app');
  mkdirSync(folder);
  const installed = npmPackage(`${CLI.name}@${CLI.version}`);
  const archive = `${CLI.name}-${CLI.version}.tgz`;
  const write = (name: string, content: object | string) =>
    writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  write('package.json', {
    name: 'shop',
    version: '1.0.0',
    private: true,
    dependencies: { [CLI.name]: `file:${archive}` },
  });
  write('cdk.json', { app: 'node app.js' });
  write('app.js', APP);
  const env = { NODE_PATH: path.join(ROOT, 'packages/cdk/test/newest/node_modules'), npm_config_offline: 'true' };
  await cloud.sh(`npm pack --silent '${installed}' && npm install --package-lock-only --silent`, { cwd: folder, env });
  return { folder, env };
}
