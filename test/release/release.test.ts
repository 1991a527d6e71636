import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** A repository with a `main` on its origin, and this repository's scripts. */
class Repository {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'release-test-'));
  readonly #origin = mkdtempSync(path.join(tmpdir(), 'release-origin-'));

  constructor() {
    this.git('init', '--quiet', '--initial-branch=main');
    this.write('package.json', '{ "version": "1.2.3" }');
    mkdirSync(path.join(this.folder, 'scripts/release'), { recursive: true });
    cpSync(path.join(root, 'scripts/release/check-tag.mjs'), path.join(this.folder, 'scripts/release/check-tag.mjs'));
    this.commit('first');
    this.commit('second');
    execFileSync('git', ['clone', '--quiet', '--bare', this.folder, this.#origin]);
    this.git('remote', 'add', 'origin', this.#origin);
    this.git('fetch', '--quiet', 'origin');
  }

  git(...args: string[]): void {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
    execFileSync('git', [...identity, ...args], { cwd: this.folder });
  }

  write(file: string, contents: string): void {
    writeFileSync(path.join(this.folder, file), contents);
  }

  commit(message: string): void {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
  }

  checkTag(tag: string): { readonly status: number | null; readonly stderr: string } {
    const script = path.join(this.folder, 'scripts/release/check-tag.mjs');
    return spawnSync(process.execPath, [script, tag], { cwd: this.folder, encoding: 'utf8' });
  }

  remove(): void {
    for (const folder of [this.folder, this.#origin]) rmSync(folder, { recursive: true, force: true });
  }
}

describe('a release tag', () => {
  let repository: Repository;
  beforeEach(() => {
    repository = new Repository();
  });
  afterEach(() => repository.remove());

  it('is published from a commit of main, the newest or an older one', () => {
    assert.equal(repository.checkTag('v1.2.3').status, 0);
    repository.git('checkout', '--quiet', 'HEAD~1');
    assert.equal(repository.checkTag('1.2.3').status, 0);
  });

  it('is published with one commit that lays out the listing of the pipe', () => {
    repository.write('pipe.yml', 'name: x');
    repository.write('README.md', '# x');
    repository.commit('Lay out');
    assert.equal(repository.checkTag('1.2.3').status, 0);
    assert.equal(repository.checkTag('v1.2.3').status, 1);
  });

  it('is refused if its commit is not on main', () => {
    repository.write('evil.mjs', '');
    repository.commit('evil');
    assert.match(repository.checkTag('1.2.3').stderr, /not on main/);
    repository.write('pipe.yml', 'name: x');
    repository.commit('Lay out');
    assert.match(repository.checkTag('1.2.3').stderr, /not on main/);
  });

  it('is refused if it does not name the version', () => {
    for (const tag of ['v1.2.4', '1.2', '', 'v1.2.3";echo${IFS}x;"', 'vv1.2.3']) {
      assert.match(repository.checkTag(tag).stderr, /does not name version 1\.2\.3/, tag);
    }
  });
});

describe('the pipelines of this repository', () => {
  type Step = Readonly<Record<string, unknown>>;
  const steps = (value: unknown): Step[] => {
    if (Array.isArray(value)) return value.flatMap(steps);
    if (typeof value !== 'object' || value === null) return [];
    return [value as Step, ...Object.values(value).flatMap(steps)];
  };
  const scripts = (file: string) =>
    steps(parse(text(file))).flatMap((step) => [step['script']].flat().filter((line) => typeof line === 'string'));

  for (const file of ['azure-pipelines.yml', 'scripts/extension/publish-steps.yml', 'scripts/release/npm-steps.yml']) {
    it(`expand no name into a script in ${file}, because anyone who pushes a tag chooses its name`, () => {
      const lines = scripts(file);
      assert.ok(lines.length > 0);
      for (const line of lines) assert.doesNotMatch(line, /\$\([A-Za-z_][\w.]*\)/);
    });
  }

  it('give no step with credentials a privileged container', () => {
    for (const step of steps(parse(text('bitbucket-pipelines.yml')))) {
      if (!Array.isArray(step['script'])) continue;
      const isPrivileged = step['script'].some((line) => typeof line === 'string' && line.includes('--privileged'));
      if (isPrivileged) assert.deepEqual([step['oidc'], step['deployment']], [undefined, undefined]);
    }
  });

  it('check the tag before they build anything from it', () => {
    assert.ok(scripts('bitbucket-pipelines.yml').some((line) => line.includes('check-tag.mjs')));
    for (const file of ['scripts/extension/publish-steps.yml', 'scripts/release/npm-steps.yml'])
      assert.ok(
        scripts(file).some((line) => line.includes('check-tag.mjs "$BUILD_SOURCEBRANCHNAME"')),
        file,
      );
  });

  it('name images with a version that Renovate can pin to a digest', () => {
    const images = steps(parse(text('bitbucket-pipelines.yml')))
      .map((step) => step['image'])
      .filter((image) => typeof image === 'string');
    assert.ok(images.length > 0);
    for (const image of images) assert.match(image, /:[\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?$/);
    assert.equal(JSON.parse(text('renovate.json')).pinDigests, true);
  });
});

describe('the next version', () => {
  it('has a changelog section from the changesets, and the highest bump', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'next-version-test-'));
    try {
      for (const name of [
        'scripts',
        '.changeset',
        'packages',
        'pipe',
        'ado-extension',
        'shared',
        'test',
        'docs',
        'examples',
      ])
        cpSync(path.join(root, name), path.join(folder, name), {
          recursive: true,
          filter: (source) => !/\/(node_modules|dist|coverage)$/.test(source),
        });
      for (const name of ['package.json', 'pnpm-workspace.yaml', 'README.md', 'SKILL.md', 'CHANGELOG.md'])
        cpSync(path.join(root, name), path.join(folder, name));
      symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], { cwd: folder });
      const write = (name: string, type: string, summary: string) =>
        writeFileSync(
          path.join(folder, `.changeset/${name}.md`),
          `---\n'@aws-oidc-assume/pipe': ${type}\n---\n\n${summary}\n`,
        );
      git('init', '--quiet', '--initial-branch=main');
      write('a', 'patch', 'The proxy is named.');
      write('b', 'minor', 'A new mode.');
      git('add', '--all');
      git('-c', 'commit.gpgsign=false', 'commit', '--quiet', '--message', 'x');
      const version = execFileSync(process.execPath, [path.join(folder, 'scripts/release/next-version.mjs')], {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }).trim();
      const [, minor] = /^1\.(\d+)\.0$/.exec(version) ?? [];
      assert.ok(Number(minor) > 0, version);
      const changelog = readFileSync(path.join(folder, 'CHANGELOG.md'), 'utf8');
      assert.match(changelog, /### Added and changed\n\n(- .+\n)*- A new mode\.\n/);
      assert.match(changelog, /### Fixed\n\n(- .+\n)*- The proxy is named\.\n/);
      for (const file of [
        'package.json',
        'pipe/package.json',
        'packages/cli/package.json',
        'ado-extension/package.json',
      ])
        assert.equal(JSON.parse(readFileSync(path.join(folder, file), 'utf8')).version, version, file);
      assert.match(readFileSync(path.join(folder, 'pipe/pipe.yml'), 'utf8'), new RegExp(`assume:${version}\n`));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }).timeout(60_000);
});
