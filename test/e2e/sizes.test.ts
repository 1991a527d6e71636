import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TASK = 'ado-extension/dist/AwsOidcAssume/AwsOidcAssumeV1';

/**
 * Largest size of each released file, bytes: a few percent above the present size. Code that only a failure needs
 * belongs in the diagnosis. If a file needs more for a reason, the change with the reason raises the number.
 */
const LARGEST = {
  'pipe/dist/pipe.mjs': 101_000,
  'pipe/dist/diagnosis.mjs': 186_000,
  [`${TASK}/index.js`]: 83_000,
  [`${TASK}/core.cjs`]: 93_000,
  [`${TASK}/diagnosis.cjs`]: 186_000,
  [`${TASK}/credential-process.cjs`]: 8_500,
  [`${TASK}/post-job.js`]: 3_000,
  'packages/cli/dist/aws-oidc.mjs': 425_000,
  'packages/emulator/dist/aws-oidc-emulator.mjs': 348_000,
};

/** Largest size of the extension with the four pictures of its listing page, bytes. */
const LARGEST_EXTENSION = 235_000;

describe('the size of the released files', () => {
  const size = (file: string) => statSync(path.join(ROOT, file)).size;
  const holds = (file: string, largest: number) =>
    assert.ok(size(file) <= largest, `${file} has ${size(file)} bytes, more than ${largest}`);

  for (const [file, largest] of Object.entries(LARGEST)) {
    it(`is at most ${largest} bytes for ${file}`, () => holds(file, largest));
  }

  it(`is at most ${LARGEST_EXTENSION} bytes for the extension`, () => {
    const [vsix, ...others] = readdirSync(path.join(ROOT, 'ado-extension/dist')).filter((one) => one.endsWith('.vsix'));
    assert.ok(vsix !== undefined && others.length === 0);
    holds(`ado-extension/dist/${vsix}`, LARGEST_EXTENSION);
  });

  it('has a limit for every program of pipe, task and command line', () => {
    const programs = ['pipe/dist', TASK, 'packages/cli/dist'].flatMap((folder) =>
      readdirSync(path.join(ROOT, folder))
        .filter((name) => /\.(?:[cm]?js)$/.test(name))
        .map((name) => `${folder}/${name}`),
    );
    assert.deepEqual(
      programs.filter((file) => !(file in LARGEST)),
      [],
    );
  });
});
