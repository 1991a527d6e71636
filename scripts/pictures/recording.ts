/** A terminal recording as one SVG, animated only by CSS: no script, no font, no external address. */
import { escapeXml, MONO } from './svg.ts';

/** A line of output, and its time in milliseconds since the start. */
export interface Line {
  readonly time: number;
  readonly text: string;
}

const COLUMNS = 104;
const ROWS = 30;
const LINE_HEIGHT = 19;
const FONT_SIZE = 13;
const WIDTH = 860;
const TOP = 50;
const HEIGHT = TOP + ROWS * LINE_HEIGHT + 14;

/** Pauses in milliseconds: gaps of the real run within these limits, and time to read the lines before a heading. */
const PAUSES = { least: 90, most: 700, readingLine: 250, typing: 1400 } as const;
const HEADING = '━━';

interface Row {
  readonly time: number;
  readonly text: string;
}

/** Returns the recording of a command and its output. It plays once and ends with the last screen. */
export function recording(command: string, lines: readonly Line[]): string {
  const rows = rowsOf(command, lines);
  const end = (rows.at(-1)?.time ?? 0) + 1;
  const texts = rows.map(({ time, text }, index) => {
    const place = `x="20" y="${TOP + (index + 1) * LINE_HEIGHT - 5}"`;
    return `<text ${place} style="animation-delay:${time}ms">${escapeXml(text)}</text>`;
  });
  const width = `viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}"`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" ${width} font-family="${MONO}" font-size="${FONT_SIZE}" role="img">`,
    '<title>The demo in a terminal: two jobs assume a role, and a third is denied and told why</title>',
    `<style>${styleOf(rows, end)}</style>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="8" fill="#10202f"/>`,
    ...['#e0645a', '#e3b341', '#57ab5a'].map(
      (fill, index) => `<circle cx="${24 + index * 20}" cy="22" r="6" fill="${fill}"/>`,
    ),
    `<clipPath id="screen"><rect y="${TOP}" width="${WIDTH}" height="${ROWS * LINE_HEIGHT}"/></clipPath>`,
    '<g clip-path="url(#screen)"><g class="all" fill="#e6edf3">',
    ...texts,
    '</g></g></svg>',
  ].join('\n')}\n`;
}

/** Text that a recording shows, without the white space at possible line breaks. */
export function shownText(svg: string): string {
  return [...svg.matchAll(/<text [^>]*>(.*)<\/text>/g)]
    .map(([, text = '']) => text)
    .join('')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s/g, '');
}

function rowsOf(command: string, lines: readonly Line[]): Row[] {
  const rows: Row[] = [{ time: 0, text: `$ ${command}` }];
  let time: number = PAUSES.typing;
  let before = lines[0]?.time ?? 0;
  let unread = 0;
  for (const line of lines) {
    time += Math.min(PAUSES.most, Math.max(PAUSES.least, Math.round(line.time - before)));
    if (line.text.startsWith(HEADING)) {
      time += unread * PAUSES.readingLine;
      unread = 0;
    }
    before = line.time;
    unread += 1;
    rows.push(...wrapped(line.text).map((text) => ({ time, text })));
  }
  return rows;
}

/** Breaks a line at its last column, as a terminal does. */
function wrapped(line: string): string[] {
  const characters = [...line];
  const parts: string[] = [];
  for (let from = 0; from === 0 || from < characters.length; from += COLUMNS) {
    parts.push(characters.slice(from, from + COLUMNS).join(''));
  }
  return parts;
}

/** Each line appears at its time. The whole text moves up by one line for each line without room. */
function styleOf(rows: readonly Row[], end: number): string {
  // Lines with the same time move together, so the last one counts.
  const positions = new Map(rows.slice(ROWS).map(({ time }, index) => [time, -(index + 1) * LINE_HEIGHT]));
  const steps = [...positions].map(([time, y]) => `${((time / end) * 100).toFixed(3)}%{transform:translateY(${y}px)}`);
  const last = `transform:translateY(${-Math.max(0, rows.length - ROWS) * LINE_HEIGHT}px)`;
  return [
    '@keyframes appear{to{opacity:1}}',
    `@keyframes scroll{0%{transform:none}${steps.join('')}100%{${last}}}`,
    'text{white-space:pre;opacity:0;animation:appear 1ms forwards}',
    `.all{animation:scroll ${end}ms step-end forwards}`,
    `@media (prefers-reduced-motion:reduce){text{opacity:1;animation:none}.all{animation:none;${last}}}`,
  ].join('');
}
