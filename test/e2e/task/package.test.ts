import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packedExtension, unpackVsix } from '../../support/index.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const TASK = 'AwsOidcAssume/AwsOidcAssumeV1';

describe('the packed extension', () => {
  let vsix: string;
  let folder: string;

  before(() => {
    vsix = packedExtension();
    folder = mkdtempSync(path.join(tmpdir(), 'vsix-'));
    unpackVsix(vsix, folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  const text = (file: string) => readFileSync(path.join(folder, file), 'utf8');
  const json = (file: string) => JSON.parse(text(file));

  it('contains the task and its programs, and nothing else', () => {
    assert.deepEqual(readdirSync(path.join(folder, TASK)).sort(), [
      'LICENSE.md',
      'THIRD-PARTY-NOTICES.txt',
      'core.cjs',
      'credential-process.cjs',
      'diagnosis.cjs',
      'icon.png',
      'index.js',
      'post-job.js',
      'task.json',
    ]);
    const all = readdirSync(folder, { recursive: true }).map(String);
    assert.deepEqual(
      all.filter((name) => /\.(?:ts|map|svg)$|node_modules|package\.json$/.test(name)),
      [],
    );
    const { execution, postjobexecution } = json(`${TASK}/task.json`);
    for (const { target } of [...Object.values(execution), ...Object.values(postjobexecution)] as {
      target: string;
    }[]) {
      assert.ok(statSync(path.join(folder, TASK, target)).isFile());
    }
  });

  it('has the version of the root package.json', () => {
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
    assert.equal(json('extension.vsomanifest').manifestVersion, 1);
    assert.match(text('extension.vsixmanifest'), new RegExp(`Version="${version}"`));
    assert.equal(Object.values(json(`${TASK}/task.json`).version).join('.'), version);
    assert.ok(path.basename(vsix).endsWith(`-${version}.vsix`));
  });

  it('contains the pictures of its overview', () => {
    const overview = text('overview.md');
    const pictures = [...overview.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, file = '']) => file);
    assert.ok(pictures.length >= 2);
    for (const file of pictures) assert.ok(statSync(path.join(folder, file)).isFile(), file);
  });

  it('names the packages that it contains parts of, with their licences', () => {
    const notices = text(`${TASK}/THIRD-PARTY-NOTICES.txt`);
    assert.match(notices, /^azure-pipelines-task-lib \d+\.\d+\.\d+ \([\w.-]+\)$/m);
    assert.match(notices, /Permission is hereby granted, free of charge/);
    assert.ok(!notices.includes('undefined'));
  });

  it('contains no path of the machine that built it', () => {
    for (const name of ['index.js', 'core.cjs', 'credential-process.cjs', 'post-job.js', 'diagnosis.cjs']) {
      assert.ok(!text(`${TASK}/${name}`).includes(ROOT), name);
    }
  });
});
