/** What a reader of the registry's page can click. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './snippets.ts';

const HOME = 'https://github.com/aws-oidc-assume/aws-oidc-assume';

const json = (file: string) => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));

describe('published packages', () => {
  const published = readdirSync(path.join(ROOT, 'packages')).filter(
    (name) => json(`packages/${name}/package.json`).private !== true,
  );

  it('are the four that README lists', () => {
    assert.deepEqual(published.sort(), ['cdk', 'cli', 'emulator', 'trust-policy']);
  });

  for (const name of published) {
    it(`${name} names its home, its repository, its issues, its keywords and its Node`, () => {
      const { homepage, repository, bugs, keywords, engines } = json(`packages/${name}/package.json`);
      assert.ok(homepage.startsWith(`${HOME}/tree/main/packages/${name}`), homepage);
      assert.deepEqual([repository.url, repository.directory], [`git+${HOME}.git`, `packages/${name}`]);
      assert.equal(typeof bugs === 'string' ? bugs : bugs.url, `${HOME}/issues`);
      assert.ok(keywords.includes('aws') && keywords.length >= 5);
      assert.match(engines.node, /^>=20\.19/);
    });

    it(`${name} has no link in its README that is dead on the registry's page`, () => {
      const readme = readFileSync(path.join(ROOT, 'packages', name, 'README.md'), 'utf8');
      const links = [...readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, link]) => link);
      // npm resolves relative links of a package with `repository.directory`; each must be there.
      for (const link of links) {
        const file = path.join(ROOT, 'packages', name, (link ?? '').replace(/#.*$/, ''));
        assert.doesNotThrow(() => readdirSync(path.dirname(file)), link);
      }
    });
  }

  it('have one home in every file that names it', () => {
    const files = ['docs/.vitepress/config.mts', 'ado-extension/vss-extension.json', 'pipe/pipe.yml', 'llms.txt'];
    for (const file of files) assert.ok(readFileSync(path.join(ROOT, file), 'utf8').includes(HOME), file);
  });
});
