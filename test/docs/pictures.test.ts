/** Checks that the documentation's pictures match the released programs. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { outdatedPictures, pictures } from '../../scripts/pictures/main.ts';
import { recording, shownText } from '../../scripts/pictures/recording.ts';
import { documents, ROOT } from './snippets.ts';

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const FOLDERS = ['docs/images', 'ado-extension/images'];
const FILES = FOLDERS.flatMap((folder) => readdirSync(path.join(ROOT, folder)).map((name) => `${folder}/${name}`));

describe('the pictures', () => {
  it('show the labels of task.json and vss-extension.json in the setup screens', () => {
    assert.deepEqual(outdatedPictures(), []);
    const editor = pictures().get('docs/images/azure-task-editor') ?? '';
    const task = JSON.parse(read('ado-extension/AwsOidcAssume/AwsOidcAssumeV1/task.json'));
    for (const { displayName } of task.groups) assert.ok(editor.includes(displayName), displayName);
    for (const { label, groupName, visibleRule } of task.inputs) {
      if (groupName === undefined && visibleRule === undefined) assert.ok(editor.includes(label), label);
    }
  });

  it('are all used, with a description in each place', () => {
    const markdown = documents().map(read).join('\n');
    for (const file of FILES.filter((name) => !/icon|\.svg$/.test(name) || name.startsWith('docs/'))) {
      const use = new RegExp(`!\\[([^\\]]+)\\]\\([^)]*${path.basename(file).replace('.', '\\.')}\\)`);
      if (path.basename(file) === 'icon.png') continue;
      const [, description = ''] = use.exec(markdown) ?? [];
      assert.ok(description.length > 20, `${file} is not used, or not described`);
    }
  });

  it('load nothing and run nothing', () => {
    for (const file of FILES.filter((name) => name.endsWith('.svg'))) {
      const svg = read(file).replace('xmlns="http://www.w3.org/2000/svg"', '');
      assert.doesNotMatch(svg, /<script|<foreignObject|<image|href=|url\((?!#)|@import|\son\w+=/, file);
    }
  });
});

describe('a terminal recording', () => {
  const lines = [
    { time: 5000, text: '━━ First' },
    { time: 5010, text: '  <a> & "b"' },
    { time: 9000, text: 'x'.repeat(250) },
    { time: 9000, text: '━━ Second' },
  ];

  it('shows every line, wrapped at the last column, without its own markup', () => {
    const svg = recording('npx demo', lines);
    assert.equal(shownText(svg), `$npxdemo━━First<a>&"b"${'x'.repeat(250)}━━Second`);
    assert.equal(svg.match(/<text /g)?.length, 7);
    assert.doesNotMatch(svg, /<a>/);
  });

  it('waits at most 0.7 s for a line, and longer before a heading, so the lines before it can be read', () => {
    const delays = [...recording('npx demo', lines).matchAll(/animation-delay:(\d+)ms/g)].map(([, ms]) => Number(ms));
    const [command = 0, first = 0, second = 0, third = 0] = delays;
    assert.deepEqual([command, first], [0, 1490]);
    assert.equal(second - first, 90);
    assert.equal(third - second, 700);
    assert.equal((delays.at(-1) ?? 0) - third, 90 + 3 * 250);
  });

  it('moves up by one line for each line without room', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ time: index, text: `line ${index}` }));
    assert.match(recording('npx demo', many), /100%\{transform:translateY\(-209px\)\}/);
  });
});
