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

/** Returns the value a JSON pointer points to, or undefined if there is none. */
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

/**
 * Finds the first member that an object of this JSON text contains twice.
 *
 * `JSON.parse` keeps the last one silently, so a second `"StringLike"` block would make the first one's conditions
 * vanish from the evaluation. IAM refuses such a document. The text must be valid JSON.
 */
export function findDuplicateMember(text: string): DuplicateMember | undefined {
  let frame = frameWithin(undefined, '');
  for (const [token, name] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      frame = frameWithin(frame, frame.parent === undefined ? frame.pointer : pointerTo(frame));
    } else if (token === '}' || token === ']') {
      frame = frame.parent ?? frame;
    } else if (name !== undefined) {
      frame.name = String(JSON.parse(name));
      if (frame.names.has(frame.name)) return { name: frame.name, pointer: pointerTo(frame) };
      frame.names.add(frame.name);
    } else if (token === ',') {
      frame.index += 1;
    }
  }
  return undefined;
}

/** The member being read. */
function pointerTo({ pointer, name, index }: Frame): string {
  return `${pointer}/${pointerToken(name ?? String(index))}`;
}
