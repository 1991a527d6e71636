/**
 * Checks the CloudFormation templates of examples/ with the validator of the CDK, which has AWS's schemas of all
 * resource types.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { needsCdk } from '../../support/index.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const EXAMPLES = path.join(ROOT, 'examples');
const LIBRARIES = path.join(ROOT, 'packages/cdk/test/newest/node_modules');

/** Reads each template into a stack of one app. Fails if the app cannot be synthesized. */
const PROGRAM = `
  const { App, Stack } = require('aws-cdk-lib');
  const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
  const app = new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': true }, outdir: process.argv[1] });
  for (const [n, templateFile] of process.argv.slice(2).entries()) {
    new CfnInclude(new Stack(app, 'stack' + n), 'template', { templateFile });
  }
  app.synth();`;

describe('the templates of the examples', function () {
  this.timeout(240_000);
  const templates = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => path.join(EXAMPLES, file));
  let folder: string;

  before(function () {
    needsCdk(this);
    folder = mkdtempSync(path.join(tmpdir(), 'templates-'));
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  function validate(...files: readonly string[]) {
    const args = ['-e', PROGRAM, path.join(folder, 'out'), ...files];
    const env = { ...process.env, NODE_PATH: LIBRARIES };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    return { status, output: `${stdout}${stderr}` };
  }

  it("have only AWS's resource types and properties, with values of the right types", () => {
    assert.ok(templates.length >= 18);
    const { status, output } = validate(...templates);
    assert.equal(status, 0, output);
  });

  it('would fail with an unknown resource type, property or value', () => {
    const wrong = (name: string, resources: object) => {
      const file = path.join(folder, `${name}.json`);
      writeFileSync(file, JSON.stringify({ Resources: resources }));
      const { status, output } = validate(file);
      assert.notEqual(status, 0);
      return output;
    };
    const misspelt = wrong('names', {
      Misspelt: { Type: 'AWS::S3::Bucket', Properties: { BucketNme: 'site' } },
      Unknown: { Type: 'AWS::S3::Buckt' },
    });
    assert.match(misspelt, /'BucketNme' was unexpected/);
    assert.match(misspelt, /Unknown resource type 'AWS::S3::Buckt'/);
    const untyped = { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 'soon' } };
    assert.match(wrong('values', { Untyped: untyped }), /delaySeconds/i);
  });
});
