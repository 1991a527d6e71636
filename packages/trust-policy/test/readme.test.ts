import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as library from '../src/index.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

function section(title: string): string {
  const from = README.indexOf(`\n## ${title}\n`);
  assert.notEqual(from, -1, `no section "${title}"`);
  const to = README.indexOf('\n## ', from + 1);
  return README.slice(from, to === -1 ? undefined : to);
}

/** The cells of every row whose first cell is code. */
function rows(title: string): string[][] {
  return section(title)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('the README', () => {
  it('has a program that runs', () => {
    const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(README) ?? [];
    const [, names = '', lines = ''] =
      /^import (\{.*\}) from '@aws-oidc-assume\/trust-policy';\n([\s\S]*)$/.exec(program) ?? [];
    const lint = /^lint\(.*\);/m;
    assert.match(lines, lint);
    const body = `const ${names} = library;\n${lines.replace(lint, (call) => `const findings = ${call}`)}\nreturn findings;`;
    const claims = { iss: 'https://issuer.example', aud: 'audience', sub: 'subject' };
    assert.deepEqual(new Function('library', 'claims', body)(library, claims), []);
  });

  it('lists exactly the lint rules of the code', () => {
    assert.deepEqual(
      rows('Lint rules'),
      library.LINT_RULES.map(({ id, severity, about }) => [`\`${id}\``, severity, about]),
    );
  });

  it('lists exactly the causes of the code', () => {
    assert.deepEqual(
      rows('Causes'),
      Object.entries(library.CAUSES).map(([cause, about]) => [`\`${cause}\``, about]),
    );
  });

  it('names every CI system and every issuer', () => {
    const text = section('CI systems');
    for (const { name, issuerForms, audience } of library.PROVIDERS) {
      for (const part of [name, audience, ...issuerForms]) assert.ok(text.includes(part), part);
    }
  });

  it('names only existing functions', () => {
    const names = rows('What there is').flatMap(([cell = '']) => [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name));
    assert.ok(names.length >= 10);
    for (const name of names)
      assert.equal(typeof Object.entries(library).find(([exported]) => exported === name)?.[1], 'function', name);
  });
});
