import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, type Snippet, snippetsOf } from '../../docs/snippets.ts';

/** Snippets under one heading of a document, up to the next heading of the same level or a higher one. */
export function snippetsUnder(file: string, heading: string): Snippet[] {
  const lines = readFileSync(path.join(ROOT, file), 'utf8').split('\n');
  const from = lines.indexOf(heading) + 1;
  assert.ok(from > 0, `${file} has no ${heading}`);
  const level = heading.indexOf(' ');
  const snippets = snippetsOf(file).map((snippet) => ({ ...snippet, line: Number(snippet.place.split(':')[1]) }));
  const isCode = (index: number) =>
    snippets.some(({ line, text }) => index >= line && index < line + text.split('\n').length);
  const end = lines.findIndex(
    (line, index) => index >= from && /^#+ /.test(line) && line.indexOf(' ') <= level && !isCode(index),
  );
  const to = end === -1 ? lines.length : end;
  return snippets.filter(({ line }) => line > from && line <= to);
}

/** Commands under a heading, one script for all. */
export function commandsUnder(file: string, heading: string): string {
  const blocks = snippetsUnder(file, heading).filter(({ language }) => language === 'sh');
  assert.ok(blocks.length > 0, `${file} has no commands under ${heading}`);
  return blocks.map(({ text }) => text).join('\n');
}

/** The first snippet of a language under a heading that has a word. */
export function snippetUnder(
  file: string,
  heading: string,
  { language, word }: { language: string; word: string },
): string {
  const match = snippetsUnder(file, heading).find((one) => one.language === language && one.text.includes(word));
  assert.ok(match !== undefined, `${file} has no ${language} with ${word} under ${heading}`);
  return match.text;
}
