// Finds the English in a file: comments, declared names and titles of tests.
import { extname } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

/**
 * @typedef {object} Text
 * @property {'doc' | 'comment' | 'name' | 'title'} kind
 * @property {number} line from 1
 * @property {string} text on one line
 */

const SCRIPT = /^\.[cm]?[jt]s$/;
const HASH_COMMENTS = /\.(?:sh|ya?ml|tf|hcl|py|rb|toml)$|(?:^|\/)(?:Dockerfile|run|\.gitignore|\.dockerignore)$/;
const FENCE = /^( *)```(\w+)[^\n]*\n(.*?)\n\1```/gms;
const FENCED = { ts: 'ts', typescript: 'ts', js: 'js', javascript: 'js', mjs: 'mjs' };
const TEST_FUNCTIONS = new Set(['describe', 'context', 'it', 'specify']);

/**
 * Returns the texts of a file, in order. Empty for a file in a language that this program does not read.
 *
 * @param {string} path decides the language
 * @param {string} source
 * @returns {Text[]}
 */
export function textsIn(path, source) {
  if (SCRIPT.test(extname(path))) return textsOfScript(path, source);
  if (path.endsWith('.go')) return merged(lineComments(source, /^[ \t]*\/\/ ?(.*)$/gm));
  if (path.endsWith('.md')) return textsOfMarkdown(source);
  return HASH_COMMENTS.test(path) ? merged(lineComments(source, /^[ \t]*#(?!!) ?(.*)$/gm)) : [];
}

/** Texts of the code blocks in Markdown. */
function textsOfMarkdown(source) {
  return [...source.matchAll(FENCE)].flatMap(({ index, 1: indent, 2: language, 3: body }) => {
    const code = body.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    const script = FENCED[language];
    const texts = script ? textsOfScript(`block.${script}`, code) : textsIn(`block.${language}`, code);
    const start = lineAt(source, index);
    return texts.map((text) => ({ ...text, line: text.line + start }));
  });
}

function textsOfScript(path, source) {
  const { comments, program } = parseSync(path, source);
  return [...merged(comments.map((comment) => commentText(source, comment))), ...declared(source, program)];
}

function commentText(source, { type, value, start, end }) {
  const before = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
  const doc = type === 'Block' && value.startsWith('*');
  return {
    kind: doc ? 'doc' : 'comment',
    line: lineAt(source, start),
    lastLine: lineAt(source, end),
    ownLine: before.trim() === '',
    text: type === 'Block' ? value.replaceAll(/^[ \t]*\*+/gm, ' ') : value,
  };
}

function lineComments(source, pattern) {
  return [...source.matchAll(pattern)].map(({ index, 1: text }) => {
    const line = lineAt(source, index);
    return { kind: 'comment', line, lastLine: line, ownLine: true, text };
  });
}

/** Joins line comments below each other to one text. */
function merged(comments) {
  const texts = [];
  for (const comment of comments) {
    const last = texts.at(-1);
    const continues = comment.kind === 'comment' && last?.kind === 'comment' && last.ownLine && comment.ownLine;
    if (continues && last.lastLine === comment.line - 1) {
      last.text += `\n${comment.text}`;
      last.lastLine = comment.lastLine;
    } else texts.push(comment);
  }
  return texts.map(({ kind, line, text }) => ({ kind, line, text: oneLine(text) }));
}

/** Declared names and titles of tests. Imported names and keys of data belong to their own declaration. */
function declared(source, program) {
  const texts = [];
  const add = (kind, text, start) => texts.push({ kind, text: oneLine(text), line: lineAt(source, start) });
  const bind = (pattern) => {
    for (const { name, start } of boundNames(pattern)) add('name', name, start);
  };
  const callable = ({ id, params }) => {
    if (id) bind(id);
    for (const param of params) bind(param);
  };
  const member = ({ key, computed }) => {
    if (!computed && key?.type === 'Identifier') add('name', key.name, key.start);
    if (key?.type === 'PrivateIdentifier') add('name', key.name, key.start);
  };
  new Visitor({
    VariableDeclarator: ({ id }) => bind(id),
    FunctionDeclaration: callable,
    FunctionExpression: callable,
    ArrowFunctionExpression: callable,
    TSDeclareFunction: callable,
    ClassDeclaration: ({ id }) => id && bind(id),
    TSInterfaceDeclaration: ({ id }) => bind(id),
    TSTypeAliasDeclaration: ({ id }) => bind(id),
    TSPropertySignature: member,
    TSMethodSignature: member,
    PropertyDefinition: member,
    MethodDefinition: member,
    CallExpression({ callee, arguments: [title] }) {
      const name = callee.type === 'MemberExpression' ? callee.object.name : callee.name;
      if (!TEST_FUNCTIONS.has(name) || title === undefined) return;
      if (title.type === 'Literal' && typeof title.value === 'string') add('title', title.value, title.start);
      if (title.type === 'TemplateLiteral') add('title', source.slice(title.start + 1, title.end - 1), title.start);
    },
  }).visit(program);
  return texts;
}

/** Identifiers that a pattern binds, e.g. those of a destructured parameter. */
function boundNames(pattern) {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) => boundNames(property.value ?? property.argument));
    case 'ArrayPattern':
      return pattern.elements.flatMap(boundNames);
    case 'AssignmentPattern':
      return boundNames(pattern.left);
    case 'RestElement':
      return boundNames(pattern.argument);
    case 'TSParameterProperty':
      return boundNames(pattern.parameter);
    default:
      return [];
  }
}

function oneLine(text) {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function lineAt(source, offset) {
  return source.slice(0, offset).split('\n').length;
}
