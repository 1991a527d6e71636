import assert from 'node:assert/strict';

interface Exception {
  readonly rule: string;
  readonly text: string;
  readonly path?: string;
  readonly reason: string;
}

/** A script of the linter, in plain JavaScript. */
const { wrongEnglish } = (await import(new URL('../../scripts/lint/language.mjs', import.meta.url).href)) as {
  wrongEnglish: (path: string, source: string, exceptions?: readonly Exception[]) => string[];
};

interface Row {
  readonly path: string;
  readonly source: string;
  /** Line and rule of each problem. */
  readonly expected: readonly string[];
}

const LONG = 'word '.repeat(26).trim();

const WRONG: Readonly<Record<string, Row>> = {
  'a doc comment without a subject': {
    path: 'a.ts',
    source: '/** What is given. */\nexport const value = 1;',
    expected: ['1 doc-opener'],
  },
  'a doc comment that begins with a preposition': {
    path: 'a.ts',
    source: 'const first = 1;\n\n/**\n * By name.\n */\nexport const value = first;',
    expected: ['3 doc-opener'],
  },
  'line comments as one text': {
    path: 'a.ts',
    source: '// Only now\n// the file exists.\nexport const value = 1;',
    expected: ['1 comment-opener'],
  },
  'a comment after code': {
    path: 'a.mjs',
    source: 'export const value = 1; // Nobody reads it',
    expected: ['1 comment-opener'],
  },
  'a phrase of the dialect': {
    path: 'a.ts',
    source: '// The file lies beside the program, be it new.\nexport const value = 1;',
    expected: ['1 phrase', '1 phrase'],
  },
  'a long sentence': {
    path: 'a.ts',
    source: `/** The ${LONG}. */\nexport const value = 1;`,
    expected: ['1 sentence-length'],
  },
  'names of variables, parameters and functions': {
    path: 'a.ts',
    source:
      'const { found } = one;\nfunction insist(given: string, { at: rest }, [known = 1]) {}\nconst asked = (of) => of;',
    expected: ['1 name', '2 name', '2 name', '2 name', '3 name', '3 name'],
  },
  'names of members and types': {
    path: 'a.ts',
    source: 'interface Told { readonly known: string; ofStep(): void }\nclass Store { #given = 1; withdraw() {} }',
    expected: ['1 name', '1 name', '1 name', '2 name', '2 name'],
  },
  'titles of tests': {
    path: 'a.test.ts',
    source:
      "describe('what is left', () => {\n  it(`of ${name} is none`, () => {});\n  it.skip('so it is', () => {});\n});",
    expected: ['1 title-opener', '2 title-opener', '2 phrase', '3 title-opener'],
  },
  'a shell script': {
    path: 'a.sh',
    source: '#!/bin/sh\n# What is missing is installed.\ntrue',
    expected: ['2 comment-opener'],
  },
  'a Go program': {
    path: 'a.go',
    source: 'package main\n\n// Of the SDK.\nfunc main() {}',
    expected: ['3 comment-opener'],
  },
  'code in Markdown': {
    path: 'a.md',
    source:
      '# Of this\n\n```ts\nconst found = 1; // else nothing\n```\n\n- step\n\n  ```yaml\n  # All of it.\n  a: 1\n  ```\n',
    expected: ['4 comment-opener', '4 name', '10 comment-opener'],
  },
};

const RIGHT: Readonly<Record<string, Omit<Row, 'expected'>>> = {
  'plain comments': {
    path: 'a.ts',
    source:
      '/** Returns the value. Whether it is new does not matter. */\nexport const value = 1; // a note\n// Otherwise it fails.',
  },
  'code and quotations in a comment': {
    path: 'a.ts',
    source: '// The text "so be it" and the word `beside`.\nexport const value = 1;',
  },
  'a sentence of the largest length': {
    path: 'a.ts',
    source: `/** ${LONG.slice(5)}. ${LONG.slice(5)}. */\nexport const value = 1;`,
  },
  'strings, keys of data and imported names': {
    path: 'a.ts',
    source: "import { found } from './b.ts';\nconsole.log('What is given', found, { given: 1 });",
  },
  'participles with a noun': { path: 'a.ts', source: 'const foundFiles = 1;\nfunction knownRun(givenName) {}' },
  'predicates as titles': {
    path: 'a.test.ts',
    source: "it('only narrows the permissions', () => {});\ncheck('of it', 1);",
  },
  'languages that it does not read': { path: 'a.json', source: '{ "// Of this": 1 }' },
};

describe('lint of the language', () => {
  for (const [name, { path, source, expected }] of Object.entries(WRONG)) {
    it(`reports ${name}`, () => {
      const places = wrongEnglish(path, source).map((line) => /^[^:]+:(\d+ [\w-]+):/.exec(line)?.[1]);
      assert.deepEqual(places, expected);
    });
  }

  for (const [name, { path, source }] of Object.entries(RIGHT)) {
    it(`accepts ${name}`, () => assert.deepEqual(wrongEnglish(path, source), []));
  }

  it('names the place, the reason and the text', () => {
    assert.deepEqual(wrongEnglish('src/a.ts', '// The rest is mended.\n'), [
      'src/a.ts:1 phrase: "mended": use fix: The rest is mended.',
    ]);
  });

  it('excepts a text only under its rule and path', () => {
    const exception = { rule: 'comment-opener', text: 'Of Mice and Men', path: 'src/', reason: 'a title' };
    const source = '// Of Mice and Men';
    assert.deepEqual(wrongEnglish('src/a.ts', source, [exception]), []);
    assert.equal(wrongEnglish('test/a.ts', source, [exception]).length, 1);
    assert.equal(wrongEnglish('src/a.ts', source, [{ ...exception, rule: 'phrase' }]).length, 1);
    assert.equal(wrongEnglish('src/a.ts', '// Of mice', [exception]).length, 1);
  });
});
