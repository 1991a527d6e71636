/** Checks the snippets of the documentation: each must work for a reader. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { unknownVariables } from '../../pipe/src/unknown-variables.ts';
import { findTool, skipEvenInCi, skipWithout } from '../support/tools.ts';
import { documents, ROOT, type Snippet, snippetsOf } from './snippets.ts';

const ALL = documents().flatMap(snippetsOf);
const snippetsIn = (...languages: readonly string[]) => ALL.filter(({ language }) => languages.includes(language));
const SHELL = snippetsIn('sh', 'bash');
const YAML = snippetsIn('yaml');

/** Languages that are checked below, or that are output or checked elsewhere. */
const CHECKED = ['yaml', 'sh', 'bash', 'json', 'hcl'];
const OTHER = ['', 'text', 'ts', 'js', 'python', 'ini', 'bat', 'fish', 'powershell', 'http'];

const TASK = JSON.parse(
  readFileSync(path.join(ROOT, 'ado-extension/AwsOidcAssume/AwsOidcAssumeV1/task.json'), 'utf8'),
) as { inputs: readonly { name: string; aliases?: readonly string[] }[] };
const INPUTS = new Set(TASK.inputs.flatMap(({ name, aliases = [] }) => [name, ...aliases]));

interface Mapping {
  readonly [key: string]: unknown;
}

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns every mapping in a value, at any depth. */
function* mappings(value: unknown): Generator<Mapping> {
  if (Array.isArray(value)) for (const one of value) yield* mappings(one);
  if (!isMapping(value)) return;
  yield value;
  for (const one of Object.values(value)) yield* mappings(one);
}

/** Parsed YAML, with the merge keys that Bitbucket reads. */
function parsed({ place, text }: Snippet): unknown {
  const document = parseDocument(text, { merge: true });
  assert.deepEqual(
    [...document.errors, ...document.warnings].map(({ message }) => message),
    [],
    place,
  );
  return document.toJS();
}

/** Shell lines of a pipeline. Macros of Azure Pipelines are replaced first, so they stand for a word. */
function shellLines(value: unknown): string[] {
  return [...mappings(value)].flatMap(({ script, bash, 'after-script': after }) =>
    [script, bash, after]
      .flatMap((lines) => (Array.isArray(lines) ? lines.filter((line) => typeof line === 'string').join('\n') : lines))
      .filter((lines): lines is string => typeof lines === 'string')
      .map((lines) => lines.replaceAll(/\$\(([\w.]+)\)/g, '${$1}').replaceAll(/\$\{\{.*?\}\}|\$\{[\w.]+\}/g, 'word')),
  );
}

function syntaxError(script: string): string {
  const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
  return status === 0 ? '' : stderr;
}

describe('the snippets of the documentation', () => {
  after(() => {
    const counts = [...CHECKED, ...OTHER].map(
      (language) => [language || 'plain', snippetsIn(language).length] as const,
    );
    const list = counts.filter(([, count]) => count > 0).map(([language, count]) => `${count} ${language}`);
    const checked = snippetsIn(...CHECKED).length;
    console.log(
      `      ${checked} of ${ALL.length} snippets in ${documents().length} documents checked: ${list.join(', ')}`,
    );
  });

  it('have a known language', () => {
    assert.deepEqual(
      ALL.filter(({ language }) => ![...CHECKED, ...OTHER].includes(language)),
      [],
    );
    assert.ok(YAML.length >= 25 && SHELL.length >= 25);
  });

  for (const snippet of YAML) {
    it(`${snippet.place} is YAML with existing task inputs, pipe variables and shell lines`, () => {
      const value = parsed(snippet);
      for (const { task, inputs, pipe, variables } of mappings(value)) {
        if (typeof task === 'string' && task.startsWith('AwsOidcAssume')) {
          assert.equal(task, 'AwsOidcAssume@1');
          assert.deepEqual(
            Object.keys(isMapping(inputs) ? inputs : {}).filter((name) => !INPUTS.has(name)),
            [],
          );
        }
        if (typeof pipe === 'string' && pipe.includes('aws-oidc-assume') && isMapping(variables)) {
          const names = Object.keys(variables).map((name) => [name, 'x']);
          assert.deepEqual(unknownVariables(Object.fromEntries(names)), []);
        }
      }
      for (const lines of shellLines(value)) assert.equal(syntaxError(lines), '', lines);
    });
  }

  for (const { place, text } of SHELL) {
    it(`${place} is a script for sh, and does not prompt without a terminal`, () => {
      assert.equal(syntaxError(text.replaceAll(/<\(([^)]*)\)/g, '$1')), '');
      assert.doesNotMatch(text, /\bnpx (?!--yes\b)\S*pnpm/);
    });
  }

  for (const { place, text } of snippetsIn('json')) {
    it(`${place} is JSON`, () => assert.doesNotThrow(() => JSON.parse(text) as unknown));
  }

  it('for the shell have no finding of shellcheck', function () {
    this.timeout(60_000);
    skipWithout(this, 'shellcheck');
    // A block may use a variable of an earlier block, and set one for a later block.
    const options = [
      '--shell=bash',
      '--severity=warning',
      '--exclude=SC1090,SC2034,SC2148,SC2154,SC2164',
      '--format=gcc',
      '-',
    ];
    for (const { place, text } of SHELL) {
      const { stdout } = spawnSync('shellcheck', options, { input: text, encoding: 'utf8' });
      assert.equal(stdout, '', place);
    }
  });

  it('for Terraform are formatted', function () {
    if (findTool('terraform') === undefined) skipEvenInCi(this, 'terraform is not installed');
    for (const { place, text } of snippetsIn('hcl')) {
      const { status, stdout, stderr } = spawnSync('terraform', ['fmt', '-check', '-diff', '-'], {
        input: text,
        encoding: 'utf8',
      });
      assert.equal(status, 0, `${place}\n${stdout}${stderr}`);
    }
  });
});
