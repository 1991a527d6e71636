/** Checks the links of every document as GitHub and npm follow them: files of this repository and headings in them. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { FAILURES, Failure, type FailureCode } from '../../shared/src/core/failure.ts';
import { HOME } from '../../shared/src/core/home.ts';
import { failureReport } from '../../shared/src/diagnosis/report.ts';
import { documents, ROOT } from './snippets.ts';

const FENCES = /^ *(`{3,})[\s\S]*?^ *\1$/gm;
/** `[text](target)`, `![text](target)` and `[label]: target`. */
const LINKS = /\]\(\s*<?([^)\s>]+)|^\[[^\]]+\]: +([^(\s]\S*)/gm;
const IMAGES = /<(?:img|source)[^>]*\bsrc(?:set)?="([^"]+)"/g;

/** Returns a document without its code. */
const proseOf = (file: string) =>
  readFileSync(file, 'utf8')
    .replaceAll(FENCES, '')
    .replaceAll(/`[^`\n]+`/g, '');

/** Anchors of a document: those that GitHub derives from headings, and explicit ones. */
function anchorsOf(file: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const explicitAnchors = [...readFileSync(file, 'utf8').matchAll(/<a name="([^"]+)">/g)].map(([, name = '']) => name);
  const headings = readFileSync(file, 'utf8')
    .replaceAll(FENCES, '')
    .matchAll(/^#{1,6} (.+)$/gm);
  return new Set([
    ...explicitAnchors,
    ...[...headings].map(([, heading = '']) => {
      const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim();
      const anchor = text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-');
      const count = seen.get(anchor) ?? 0;
      seen.set(anchor, count + 1);
      return count === 0 ? anchor : `${anchor}-${count}`;
    }),
  ]);
}

/** File and anchor of a link into this repository. */
function targetOf(document: string, link: string): { file: string; anchor: string } | undefined {
  const own = new RegExp(`^${HOME}/(?:blob|tree|raw)/main/`);
  if (/^[a-z]+:/.test(link) && !own.test(link)) return undefined;
  const [name = '', anchor = ''] = link.replace(own, '/').split('#');
  const file =
    name === ''
      ? path.join(ROOT, document)
      : path.join(ROOT, name.startsWith('/') ? name : path.join(path.dirname(document), name));
  return { file, anchor };
}

describe('the links of the documentation', () => {
  for (const document of documents()) {
    it(`in ${document} refer to existing files and headings`, () => {
      const prose = proseOf(path.join(ROOT, document));
      const links = [...prose.matchAll(LINKS), ...prose.matchAll(IMAGES)].map(([, first, second]) =>
        (first ?? second ?? '').replaceAll('\\', ''),
      );
      for (const link of links) {
        const target = targetOf(document, link);
        if (target === undefined) continue;
        assert.ok(existsSync(target.file), link);
        // `#readme` is on the page of a folder. The site's home page is in the generator's format.
        if (['', 'readme'].includes(target.anchor) || document === 'docs/index.md') continue;
        const page = statSync(target.file).isDirectory() ? path.join(target.file, 'README.md') : target.file;
        assert.ok(anchorsOf(page).has(target.anchor), `${link} has no heading`);
      }
    });
  }
});

describe('the help link of a failure', () => {
  for (const code of Object.keys(FAILURES) as FailureCode[]) {
    it(`refers to a heading of this version's documentation for ${code}`, () => {
      const [link = ''] = failureReport(new Failure(code, 'x')).facts.filter((line) => line.startsWith('Help:'));
      const target = targetOf('', link.replace(/^Help: +/, ''));
      assert.ok(target !== undefined && existsSync(target.file), link);
      assert.ok(anchorsOf(target.file).has(target.anchor), link);
    });
  }
});
