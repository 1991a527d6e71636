/** The demo as built, and its recording in the documentation. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { shownText } from '../../scripts/pictures/recording.ts';
import { ROOT } from '../docs/snippets.ts';

/** Replaces what differs from run to run: times, ports, identifiers, and whether an engine for images was there. */
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

  it('ends well, and says what its recording in the documentation shows', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/demo.ts'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    const svg = readFileSync(path.join(ROOT, 'docs/images/demo.svg'), 'utf8');
    const command = '$npx--yespnpm@12demo';
    const shown = steady(shownText(svg));
    assert.ok(shown.startsWith(command));
    const remedy = 'record the demo anew: npx tsx scripts/pictures/record-demo.ts';
    assert.equal(shown.slice(command.length), steady(stdout), remedy);
  });
});
