/** Links on the registry's page of a package. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HOME } from '../../shared/src/core/home.ts';
import { ROOT } from './snippets.ts';

const json = (file: string) => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));

describe('published packages', () => {
  const published = readdirSync(path.join(ROOT, 'packages')).filter(
    (name) => json(`packages/${name}/package.json`).private !== true,
  );

  it('are the four in README', () => {
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
  }

  describe('have one home page', () => {
    const address = HOME.replace('https://', '');
    const organization = path.posix.dirname(address);
    let mentions: (readonly [file: string, text: string])[];

    before(() => {
      const listed = ['ls-files', '--cached', '--others', '--exclude-standard'];
      const { stdout, status } = spawnSync('git', listed, { cwd: ROOT, encoding: 'utf8' });
      assert.equal(status, 0);
      mentions = stdout
        .split('\n')
        .filter(
          (file) => /\.([cm]?[jt]s|json|ya?ml|md|txt|tf)$|Dockerfile$/.test(file) && existsSync(path.join(ROOT, file)),
        )
        .map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')] as const)
        .filter(([, text]) => text.includes(`${organization}/`));
    });

    it('which the code takes from one constant', () => {
      assert.deepEqual(
        mentions.map(([file]) => file).filter((file) => /\.[cm]?[jt]s$/.test(file)),
        ['shared/src/core/home.ts'],
      );
    });

    it('which every other file uses too', () => {
      for (const [file, text] of mentions) {
        for (const [mention] of text.matchAll(new RegExp(`${organization}/[\\w-]+`, 'g'))) {
          // The Go package of the constructs has its own repository, as Go requires.
          assert.ok([address, `${address}-go`].includes(mention), `${file}: ${mention}`);
        }
      }
    });

    it('with existing linked files', () => {
      const links = mentions.flatMap(([file, text]) =>
        [...text.matchAll(new RegExp(`${address}/(?:blob|tree|raw)/main/([\\w./-]*[\\w/-])`, 'g'))].map(
          ([, linked = '']) => [file, linked] as const,
        ),
      );
      assert.ok(links.length >= 20);
      for (const [file, linked] of links) assert.ok(existsSync(path.join(ROOT, linked)), `${file}: ${linked}`);
    });
  });
});
