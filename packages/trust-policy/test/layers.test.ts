import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Folders of the sources. Each may import itself and the ones before it. */
const LAYERS = ['text', 'policy', 'fix', 'ci-systems', 'token', 'lint', 'generate', 'render', 'explain'];

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(SRC, file), 'utf8');
  return [...text.matchAll(/ from '(\.[^']+)'/g)].map(([, name = '']) => path.join(path.dirname(file), name));
}

describe('the layers of the sources', () => {
  for (const file of sources.filter((name) => name.includes(path.sep))) {
    it(`${file} imports only its own layer and lower ones`, () => {
      const layer = (name: string) => LAYERS.indexOf(name.split(path.sep)[0] ?? '');
      assert.notEqual(layer(file), -1, 'a folder without a place among the layers');
      assert.deepEqual(
        importsOf(file).filter((name) => layer(name) > layer(file)),
        [],
      );
    });
  }

  it('name CI systems only in their folder', () => {
    const systems = /'(?:bitbucket|azure-devops|github|gitlab|circleci|buildkite|hcp-terraform)'/;
    assert.deepEqual(
      sources.filter(
        (file) => !file.startsWith('ci-systems') && systems.test(readFileSync(path.join(SRC, file), 'utf8')),
      ),
      [],
    );
  });
});
