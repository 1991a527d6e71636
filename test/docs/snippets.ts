/** Fenced blocks of Markdown, as a reader would copy them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Snippet {
  /** `docs/bitbucket.md:42`, the line of the opening fence. */
  readonly place: string;
  /** Word after the fence. Empty for plain text. */
  readonly language: string;
  /** Text without the indentation of the fence. */
  readonly text: string;
}

const FENCE = /^( *)(`{3,})(\w*)\n([\s\S]*?)^\1\2$/gm;

/** Fenced blocks of one document, in their order. */
export function snippetsOf(file: string): Snippet[] {
  const markdown = readFileSync(path.join(ROOT, file), 'utf8');
  return [...markdown.matchAll(FENCE)].map(({ index, 1: indent = '', 3: language = '', 4: text = '' }) => ({
    place: `${file}:${markdown.slice(0, index).split('\n').length}`,
    language,
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** Documents for users. */
export function documents(): string[] {
  const below = (folder: string) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !/node_modules|dist/.test(name))
      .map((name) => path.posix.join(folder, name));
  const rootDocuments = readdirSync(ROOT).filter((name) => name.endsWith('.md') || name === 'llms.txt');
  return [
    ...rootDocuments,
    ...['docs', 'examples', 'terraform', 'packages', 'pipe', 'ado-extension'].flatMap(below),
  ].sort();
}
