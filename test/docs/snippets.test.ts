/** Checks the snippets of the documentation: each must work for a reader. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { unknownVariables } from '../../pipe/src/unknown-variables.ts';
import { findTool, skipEvenInCi, skipWithout } from '../support/tools.ts';
import { documents, ROOT, type Snippet, snippetsOf } from './snippets.ts';

const ALL = documents().flatMap(snippetsOf);
const snippetsIn = (...languages: readonly string[]) => ALL.filter(({ language }) => languages.includes(language));
const SHELL = snippetsIn('sh', 'bash');
const YAML = snippetsIn('yaml');

/** Languages that are checked below. */
const CHECKED = ['yaml', 'sh', 'bash', 'json', 'hcl', 'fish', 'ini'];

/** Snippets that another test runs or compares. */
const CHECKED_ELSEWHERE = [
  { document: 'README.md', language: 'text', test: 'test/e2e/misconfigurations.test.ts' },
  { document: 'docs/messages.md', language: 'text', test: 'test/messages/messages.test.ts' },
  { document: 'docs/cli.md', language: '', test: 'test/e2e/cli/documented.test.ts' },
  { document: 'packages/cdk/README.md', language: 'ts', test: 'test/e2e/cdk/package.test.ts' },
  { document: 'packages/cdk/README.md', language: 'python', test: 'test/e2e/cdk/package.test.ts' },
  { document: 'packages/emulator/README.md', language: 'js', test: 'test/e2e/npm-packages.test.ts' },
  { document: 'packages/trust-policy/README.md', language: 'ts', test: 'packages/trust-policy/test/readme.test.ts' },
];

/** Snippets that nothing checks, each with the reason. */
const UNCHECKED: Readonly<Record<string, string>> = {
  'docs/ARCHITECTURE.md': 'folders and files, which the test below looks for',
  'docs/azure-devops.md bat': 'icacls, which only Windows has',
  'docs/bitbucket.md': 'a line of .gitignore',
  'docs/cli.md powershell': 'no PowerShell is available to the tests',
};

const isCheckedElsewhere = ({ place, language }: Snippet) =>
  CHECKED_ELSEWHERE.some((one) => place.startsWith(`${one.document}:`) && one.language === language);
const unchecked = ALL.filter((snippet) => !CHECKED.includes(snippet.language) && !isCheckedElsewhere(snippet));

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
    const languages = [...new Set(ALL.map(({ language }) => language))].sort();
    const counts = languages.map((language) => `${snippetsIn(language).length} ${language || 'plain'}`);
    const checked = `${ALL.length - unchecked.length} of ${ALL.length} snippets in ${documents().length} documents checked`;
    console.log(`      ${checked}: ${counts.join(', ')}`);
    for (const { place, language } of unchecked) console.log(`      not checked: ${place} ${language}`);
  });

  it('are checked, except a few with a reason', () => {
    const keys = unchecked.map(({ place, language }) => `${place.split(':')[0]} ${language}`.trim());
    assert.deepEqual(keys.sort(), Object.keys(UNCHECKED).sort());
    assert.ok(YAML.length >= 25 && SHELL.length >= 25);
  });

  it('are in a test if they are checked elsewhere', () => {
    for (const { document, language, test } of CHECKED_ELSEWHERE) {
      assert.ok(existsSync(path.join(ROOT, test)), test);
      assert.ok(
        ALL.some((one) => one.place.startsWith(`${document}:`) && one.language === language),
        `${document} has no snippet in ${language}`,
      );
    }
  });

  it('with folders name those of the repository', () => {
    const [tree] = snippetsOf('docs/ARCHITECTURE.md').filter(({ language }) => language === '');
    const missing: string[] = [];
    let folder = '';
    for (const line of (tree?.text ?? '').split('\n')) {
      const [, indentation = '', name = ''] = /^( *)([\w./@-]+)/.exec(line) ?? [];
      if (name === '' || indentation.length > 2) continue;
      if (indentation === '') folder = name;
      const file = indentation === '' ? name : path.join(folder, name);
      if (!existsSync(path.join(ROOT, file))) missing.push(file);
    }
    assert.deepEqual(missing, []);
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

  for (const { place, text } of snippetsIn('ini')) {
    it(`${place} is an AWS config file`, () => {
      for (const line of text.trimEnd().split('\n')) {
        assert.match(line, /^(?:#.*|\[(?:default|profile [\w.-]+)\]|[a-z_]+ = \S.*)$/);
      }
    });
  }

  it('for fish are scripts that fish can read', function () {
    skipWithout(this, 'fish');
    for (const { place, text } of snippetsIn('fish')) {
      // fish reads pipes, but not the sockets that Node gives its children.
      const { status, stderr } = spawnSync('sh', ['-c', 'cat | fish --no-execute'], { input: text, encoding: 'utf8' });
      assert.equal(status, 0, `${place}\n${stderr}`);
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
