/** Shared parts of the documentation's pictures. */

/** Colours that have at least 4.5:1 on the white card. */
export const COLOURS = {
  ink: '#16324f',
  faint: '#4a6076',
  line: '#c3d0dc',
  shade: '#eef3f8',
  brand: '#16324f',
  note: '#8a3b00',
  error: '#a4262c',
} as const;

export const FONT = "'DejaVu Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";
export const MONO = "'DejaVu Sans Mono', Menlo, Consolas, monospace";

export interface TextStyle {
  readonly size?: number;
  readonly colour?: string;
  readonly bold?: boolean;
  readonly mono?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
}

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Returns a line of text whose baseline starts at `x`, `y`. */
export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const { size = 14, colour = COLOURS.ink, bold = false, mono = false, anchor = 'start' } = style;
  const attributes = [
    `x="${x}" y="${y}" font-size="${size}" fill="${colour}"`,
    ...(bold ? ['font-weight="bold"'] : []),
    ...(mono ? [`font-family="${MONO}"`] : []),
    ...(anchor === 'start' ? [] : [`text-anchor="${anchor}"`]),
  ];
  return `<text ${attributes.join(' ')}>${escapeXml(words)}</text>`;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function box({ x, y, width, height }: Box, fill = '#ffffff', stroke: string = COLOURS.line): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="4" fill="${fill}" stroke="${stroke}"/>`;
}

/** Returns the explanation of a part, with a line that points to it. */
export function note(start: { x: number; y: number }, end: number, words: readonly string[]): string {
  const lines = words.map((line, index) =>
    text(start.x, start.y + index * 17, line, { size: 13, colour: COLOURS.note, bold: index === 0 }),
  );
  return `<path d="M${start.x - 8} ${start.y - 5}H${end}" stroke="${COLOURS.note}" stroke-width="1.5" marker-end="url(#to)"/>${lines.join('')}`;
}

const MARKER = `<defs><marker id="to" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 10 5 0 10z" fill="${COLOURS.note}"/></marker></defs>`;

export interface Drawing {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly parts: readonly string[];
  /** Remark at the bottom. */
  readonly remark?: string;
}

/** Returns the whole picture: a white card that states that it is a drawing. */
export function drawing({ title, width, height, parts, remark = 'A drawing, not a screenshot' }: Drawing): string {
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="${FONT}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    MARKER,
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="#ffffff" stroke="${COLOURS.line}"/>`,
    ...parts,
    text(width - 16, height - 12, remark, { size: 11, colour: COLOURS.faint, anchor: 'end' }),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}
