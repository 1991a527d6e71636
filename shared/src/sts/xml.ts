/** An element of an answer. Attributes are not kept: STS has none but namespaces. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Its own text, entities resolved. */
  readonly text: string;
}

/** Elements inside one another. Answers of STS have five levels. */
const MAX_DEPTH = 20;

const ATTRIBUTE = String.raw`\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')`;
/** The next declaration, comment, tag or text. Each branch begins with another character, so none is tried twice. */
const PIECE = new RegExp(
  `<\\?[^>]*\\?>|<!--(?:[^-]|-(?!-))*-->|<(/?)([\\w:.-]+)((?:${ATTRIBUTE})*)\\s*(/?)>|[^<]+`,
  'y',
);
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * Parses the XML that STS answers with: one element with its children. Returns undefined for anything else, a document
 * type with entities of its own included.
 */
export function parseXml(text: string): XmlElement | undefined {
  const document = { name: '', children: [] as XmlElement[], text: '' };
  const open = [document];
  for (PIECE.lastIndex = 0; PIECE.lastIndex < text.length; ) {
    const piece = PIECE.exec(text);
    const current = open.at(-1);
    if (piece === null || current === undefined) return undefined;
    const [whole, slash, name, , selfClosing] = piece;
    if (name === undefined) {
      if (!whole.startsWith('<')) current.text += resolveEntities(whole);
    } else if (slash === '/') {
      if (open.length === 1 || current.name !== name) return undefined;
      open.pop();
    } else {
      const element = { name, children: [] as XmlElement[], text: '' };
      current.children.push(element);
      if (selfClosing === '') open.push(element);
      if (open.length > MAX_DEPTH) return undefined;
    }
  }
  const [root, ...others] = document.children;
  return open.length === 1 && others.length === 0 && document.text.trim() === '' ? root : undefined;
}

/** Returns the text at a path of names below an element; undefined where a name is missing or occurs twice. */
export function textAt(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  let at = element;
  for (const name of path) {
    const found = at?.children.filter((child) => child.name === name) ?? [];
    at = found.length === 1 ? found[0] : undefined;
  }
  return at?.text;
}

function resolveEntities(text: string): string {
  return text.replace(/&(?:#x([\da-fA-F]{1,6})|#(\d{1,7})|(\w{1,8}));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0x10_ff_ff ? whole : String.fromCodePoint(code);
  });
}
