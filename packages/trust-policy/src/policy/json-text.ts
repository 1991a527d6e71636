/** A member that a JSON text contains twice. `pointer` is a JSON pointer (RFC 6901) to the second one. */
export interface DuplicateMember {
  readonly pointer: string;
  readonly name: string;
}

/** Escapes one reference token of a JSON pointer (RFC 6901): condition keys are full of slashes. */
export function pointerToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Splits a JSON pointer into its reference tokens. The empty pointer, which is the whole document, has none. */
export function pointerTokens(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Returns the value at a JSON pointer, or undefined if it does not exist. */
export function valueAt(document: unknown, pointer: string): unknown {
  return pointerTokens(pointer).reduce(
    (value: unknown, token) =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).find(([member]) => member === token)?.[1]
        : undefined,
    document,
  );
}

/** An object or list that is still open, or the document. */
interface Frame {
  readonly parent: Frame | undefined;
  readonly pointer: string;
  readonly names: Set<string>;
  /** Name of the current member; a list has none. */
  name: string | undefined;
  index: number;
}

function frameWithin(parent: Frame | undefined, pointer: string): Frame {
  return { parent, pointer, names: new Set(), name: undefined, index: 0 };
}

/** A member's name, another string, or a structural character. */
const STRING = String.raw`"[^"\\]*(?:\\.[^"\\]*)*"`;
const TOKEN = new RegExp(String.raw`(${STRING})(?=\s*:)|${STRING}|[{}[\],]`, 'g');
const STRING_OR_NUMBER = new RegExp(String.raw`${STRING}|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`, 'g');

/**
 * Finds the first member that an object of this JSON text contains twice. `JSON.parse` silently keeps the last one, so
 * the conditions of a first `"StringLike"` block would vanish from the evaluation. IAM refuses such a document. The
 * text must be valid JSON.
 */
export function findDuplicateMember(text: string): DuplicateMember | undefined {
  let duplicate: DuplicateMember | undefined;
  walk(text, (step) => {
    if (step.kind !== 'name') return false;
    const { frame, name } = step;
    if (frame.names.has(name)) duplicate = { name, pointer: pointerTo(frame) };
    frame.names.add(name);
    return duplicate !== undefined;
  });
  return duplicate;
}

/** Returns the text of the first object or list at a JSON pointer of a valid JSON text. */
export function containerTextAt(text: string, pointer: string): string | undefined {
  let start: number | undefined;
  let result: string | undefined;
  walk(text, (step) => {
    if (step.kind === 'open' && start === undefined && step.frame.pointer === pointer) start = step.offset;
    if (step.kind === 'close' && start !== undefined && step.frame.pointer === pointer) {
      result = text.slice(start, step.offset + 1);
    }
    return result !== undefined;
  });
  return result;
}

type Step =
  | { readonly kind: 'open' | 'close'; readonly frame: Frame; readonly offset: number }
  | { readonly kind: 'name'; readonly frame: Frame; readonly name: string };

/** Visits the objects, lists and member names of a JSON text in order, until `visit` returns true. */
function walk(text: string, visit: (step: Step) => boolean): void {
  let frame = frameWithin(undefined, '');
  for (const { 0: token, 1: name, index: offset } of text.matchAll(TOKEN)) {
    let isDone = false;
    if (token === '{' || token === '[') {
      frame = frameWithin(frame, frame.parent === undefined ? frame.pointer : pointerTo(frame));
      isDone = visit({ kind: 'open', frame, offset });
    } else if (token === '}' || token === ']') {
      isDone = visit({ kind: 'close', frame, offset });
      frame = frame.parent ?? frame;
    } else if (name !== undefined) {
      frame.name = String(JSON.parse(name));
      isDone = visit({ kind: 'name', frame, name: frame.name });
    } else if (token === ',') {
      frame.index += 1;
    }
    if (isDone) return;
  }
}

/** Whether objects and lists are nested deeper than `limit`. */
export function isNestedDeeper(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    level = level
      .filter((item): item is object => typeof item === 'object' && item !== null)
      .flatMap((item): unknown[] => Object.values(item));
    if (depth > limit) return true;
  }
  return false;
}

/**
 * Writes numbers that JavaScript would change as strings of the original digits. IAM compares the text of a number in a
 * condition. The text must be valid JSON.
 */
export function keepLongNumbers(text: string): string {
  return text.replace(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : `"${token}"`,
  );
}

/** The member being read. */
function pointerTo({ pointer, name, index }: Frame): string {
  return `${pointer}/${pointerToken(name ?? String(index))}`;
}
