/** The demo as built, and its recording in the documentation. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { shownText } from '../../scripts/pictures/recording.ts';
import { ROOT } from '../docs/snippets.ts';

/** Replaces text that differs between runs: times, ports, identifiers, and the presence of a Docker engine. */
const steady = (text: string) =>
  text
    .replaceAll(/\s|━/g, '')
    .replaceAll(/\(thepipeas[^)]*\)/g, '')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z\(\d+\w+\)/g, 'TIME')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replaceAll(/requestid[\w-]+/g, 'REQUEST')
    .replaceAll(/AROA\w+/g, 'ROLE')
    .replaceAll(/(shop-api,42|shop,1234),[0-9a-f]{8}/g, '$1,SESSION')
    .replaceAll(/issued\d+\w*ago,expiresin\d+min/g, 'AGE');

describe('the demo', function () {
  this.timeout(120_000);

  it('succeeds, with the output in its recording in the documentation', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/demo.ts'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    const svg = readFileSync(path.join(ROOT, 'docs/images/demo.svg'), 'utf8');
    const command = '$npx--yespnpm@12demo';
    const recordedText = steady(shownText(svg));
    assert.ok(recordedText.startsWith(command));
    const remedy = 'record the demo anew: npx tsx scripts/pictures/record-demo.ts';
    assert.equal(recordedText.slice(command.length), steady(stdout), remedy);
  });
});
