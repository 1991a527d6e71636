/** An element of an answer. Attributes are dropped, because STS uses them only for namespaces. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Text of the element itself, with resolved entities. */
  readonly text: string;
}

/** Deepest nesting of elements. Answers of STS have five levels. */
const MAX_DEPTH = 20;

const ATTRIBUTE = String.raw`\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')`;
/** The next declaration, comment, tag or text. Each branch begins with another character, so none is tried twice. */
const PIECE = new RegExp(
  `<\\?[^>]*\\?>|<!--(?:[^-]|-(?!-))*-->|<(/?)([\\w:.-]+)((?:${ATTRIBUTE})*)\\s*(/?)>|[^<]+`,
  'y',
);
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * Parses the XML of an STS answer: one element with its children. Returns undefined for any other text, including a
 * document type with its own entities.
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

/** Returns the text at a path of names below an element; undefined if a name is missing or occurs twice. */
export function textAt(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  let current = element;
  for (const name of path) {
    const matches = current?.children.filter((child) => child.name === name) ?? [];
    current = matches.length === 1 ? matches[0] : undefined;
  }
  return current?.text;
}

function resolveEntities(text: string): string {
  return text.replace(/&(?:#x([\da-fA-F]{1,6})|#(\d{1,7})|(\w{1,8}));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0x10_ff_ff ? whole : String.fromCodePoint(code);
  });
}
