import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { OPTION_KEYS, OPTIONS, parseOptions } from '@aws-oidc-assume/shared';
import { parse } from 'yaml';
import { EXPOSE_MODES } from '../src/expose/modes.ts';
import { readEnvironment } from '../src/read-environment.ts';
import { SETTING_VARIABLES } from '../src/settings.ts';
import { unknownVariables } from '../src/unknown-variables.ts';
import { VARIABLES } from '../src/variables.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (file: string) => readFileSync(path.join(root, file), 'utf8');
const readme = text('pipe/README.md');

/** The documented name of each option, and its aliases. */
const NAMES = [...Object.values(VARIABLES).map(([name]) => name), ...Object.values(SETTING_VARIABLES)];
const ALIASES = Object.values(VARIABLES).flatMap(([, ...others]: readonly string[]) => others);
const REQUIRED = ['AWS_OIDC_ROLE_ARN', 'AWS_DEFAULT_REGION'];

describe("the pipe's README", () => {
  const section = (heading: string) => readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = [...section('Variables').matchAll(/^\| ([A-Z_]+)( \(\*\))? +\| (.+?) +\|$/gm)].map(
    ([, name = '', star, usage = '']) => ({ name, required: star !== undefined, usage }),
  );
  const yaml = /```yaml\n([\s\S]+?)```/.exec(section('YAML Definition'))?.[1] ?? '';
  const definition = [...yaml.matchAll(/^ {4}(# )?([A-Z_]+): "<\w+>"( # Optional\.)?$/gm)].map(
    ([, comment, name = '', optional]) => ({ name, required: comment === undefined && optional === undefined }),
  );

  it('has the sections of a listed pipe, in order', () => {
    assert.match(readme, /^# Bitbucket Pipelines Pipe: AWS OIDC Assume\n/);
    assert.deepEqual(
      [...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading),
      ['YAML Definition', 'Variables', 'Prerequisites', 'Examples', 'Support', 'License'],
    );
  });

  it('lists exactly the variables of the code', () => {
    assert.deepEqual(rows.map(({ name }) => name).sort(), [...NAMES].sort());
    assert.deepEqual(definition.map(({ name }) => name).sort(), [...NAMES].sort());
  });

  it('marks required variables', () => {
    const required = (all: readonly { name: string; required: boolean }[]) =>
      all.filter((one) => one.required).map(({ name }) => name);
    assert.deepEqual(required(rows), REQUIRED);
    assert.deepEqual(required(definition), REQUIRED);
  });

  it('names every alias of a variable', () => {
    for (const alias of ALIASES)
      assert.ok(
        rows.some(({ usage }) => usage.includes(`\`${alias}\``)),
        alias,
      );
  });

  it('states the modes and the defaults of the code', () => {
    const base = {
      AWS_OIDC_ROLE_ARN: 'arn:aws:iam::123456789012:role/deploy',
      AWS_DEFAULT_REGION: 'eu-west-1',
      BITBUCKET_CLONE_DIR: '/clone',
    };
    const read = (env: Record<string, string>) => {
      const { raw, settings, rules } = readEnvironment(env);
      return { ...parseOptions(raw, rules), ...settings };
    };
    const documented = rows.flatMap(({ name, usage }) => {
      const [, value] = /Default: `([^`]+)`\.$/.exec(usage) ?? [];
      return value === undefined ? [] : [{ name, value }];
    });
    const defaults = OPTION_KEYS.filter((key) => key === 'expose' || 'default' in OPTIONS[key]);
    assert.ok(defaults.length >= 5);
    assert.deepEqual(
      documented.map(({ name }) => name).sort(),
      [...defaults.map((key) => VARIABLES[key][0]), ...Object.values(SETTING_VARIABLES)].sort(),
    );
    for (const { name, value } of documented) assert.deepEqual(read({ ...base, [name]: value }), read(base), name);
    const modes = [...section('Variables').matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, mode]) => mode);
    assert.deepEqual(modes, [...EXPOSE_MODES]);
  });

  it('has examples that the code accepts', () => {
    const examples = [...section('Examples').matchAll(/```yaml\n([\s\S]+?)```/g)].map(([, example = '']) =>
      parse(example),
    );
    assert.equal(examples.length, 3);
    for (const [{ step }] of examples) {
      assert.equal(step.oidc, true);
      const variables: Record<string, string | string[]> = step.script[0].variables;
      const env = Object.fromEntries(
        Object.entries(variables).map(([name, value]) => [name, Array.isArray(value) ? value.join('\n') : value]),
      );
      const { raw, rules } = readEnvironment({ ...env, BITBUCKET_CLONE_DIR: '/clone' });
      assert.ok(parseOptions(raw, rules).roles.length > 0);
    }
  });
});

describe('docs/bitbucket.md', () => {
  it('names no variable that the pipe would refuse', () => {
    const blocks = [...text('docs/bitbucket.md').matchAll(/^ *```yaml\n([\s\S]+?)```/gm)].map(
      ([, block = '']) => block,
    );
    const names = blocks.flatMap((block) => [...block.matchAll(/^ *([A-Z][A-Z_]+):/gm)].map(([, name = '']) => name));
    assert.ok(names.length > 10);
    assert.deepEqual(unknownVariables(Object.fromEntries(names.map((name) => [name, 'x']))), []);
  });
});

describe('pipe.yml', () => {
  it('has the fields that Bitbucket reads', () => {
    const pipe = parse(text('pipe/pipe.yml'));
    assert.deepEqual(Object.keys(pipe), [
      'name',
      'image',
      'description',
      'category',
      'repository',
      'vendor',
      'maintainer',
      'tags',
    ]);
    for (const field of ['vendor', 'maintainer']) assert.deepEqual(Object.keys(pipe[field]), ['name', 'website']);
    // Pattern with which Atlassian's toolkit reads a version.
    assert.match(pipe.image, /:((?:[0-9]+\.?){3})(?:@.*$|$)/);
  });
});

describe('versions', () => {
  const script = path.join(root, 'scripts/sync-versions.mjs');
  const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });

  it('are the same in pipe.yml, READMEs, docs and examples', () => {
    const { status, stderr } = run('--check');
    assert.equal(status, 0, stderr);
  });

  it('are detected if they differ, and updated', () => {
    const copy = mkdtempSync(path.join(tmpdir(), 'versions-'));
    try {
      for (const name of [
        'pipe/pipe.yml',
        'pipe/README.md',
        'pipe/package.json',
        'packages/cdk/package.json',
        'packages/cli/README.md',
        'packages/cdk/README.md',
        'packages/emulator/README.md',
        'README.md',
        'SKILL.md',
        'examples',
        'docs',
      ]) {
        mkdirSync(path.dirname(path.join(copy, name)), { recursive: true });
        const filter = (source: string) => !/\/(?:node_modules|dist)$/.test(source);
        cpSync(path.join(root, name), path.join(copy, name), { recursive: true, filter });
      }
      writeFileSync(path.join(copy, 'pipe/package.json'), JSON.stringify({ version: '9.8.7' }));
      const differing = run('--check', '--root', copy);
      assert.equal(differing.status, 1);
      assert.match(differing.stderr, /^pipe\/pipe\.yml does not name version 9\.8\.7 everywhere/m);
      assert.match(differing.stderr, /^pipe\/README\.md does not/m);
      assert.equal(run('--root', copy).status, 0);
      assert.equal(run('--check', '--root', copy).status, 0);
      assert.match(
        readFileSync(path.join(copy, 'pipe/pipe.yml'), 'utf8'),
        /^image: awsoidcassume\/aws-oidc-assume:9\.8\.7$/m,
      );
      assert.match(
        readFileSync(path.join(copy, 'pipe/README.md'), 'utf8'),
        /pipe: aws-oidc-assume\/aws-oidc-assume:9\.8\.7/,
      );
      writeFileSync(path.join(copy, 'pipe/package.json'), JSON.stringify({ version: 'v9.8.7' }));
      assert.notEqual(run('--root', copy).status, 0);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});
