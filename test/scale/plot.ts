import type { Course } from './simulation.ts';

const COLOURS = ['#1a7f5a', '#d1242f', '#8250df'];
const PANEL = { width: 400, height: 240, top: 70 };
/** Seconds on the axis of time. */
const SECONDS = 150;

interface Panel {
  readonly title: string;
  readonly left: number;
  readonly most: number;
  /** Number of events up to then. */
  events(course: Course): readonly number[];
}

/** Draws two panels over the same time: jobs with credentials, and calls to STS. SVG without script and fonts. */
export function plot(courses: readonly Course[]): string {
  const { jobs = 0, perSecond = 0 } = courses[0]?.crowd ?? {};
  const mostCalls = Math.max(...courses.map(({ calls }) => calls.length));
  const panels: Panel[] = [
    { title: 'Jobs with credentials', left: 70, most: jobs, events: ({ servedAt }) => servedAt },
    { title: 'Calls to STS', left: 560, most: Math.ceil(mostCalls / 50_000) * 50_000, events: ({ calls }) => calls },
  ];
  const style = 'font-family="system-ui, sans-serif" font-size="13" fill="#24292f"';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 990 350" role="img" ${style}>`,
    `<title>${grouped(jobs)} jobs at once, STS admits ${perSecond} requests a second</title>`,
    '<rect width="990" height="350" fill="#ffffff"/>',
    ...courses.map(({ client }, index) => legend(client.name, index)),
    ...panels.flatMap((panel) => [frame(panel), ...courses.map((course, index) => line(panel, course, index))]),
    '</svg>',
    '',
  ].join('\n');
}

function legend(name: string, index: number): string {
  const x = 70 + index * 260;
  return `<path d="M${x} 22h24" stroke="${COLOURS[index]}" stroke-width="3"/><text x="${x + 32}" y="26">${name}</text>`;
}

function frame({ title, left, most }: Panel): string {
  const { width, top, height } = PANEL;
  const foot = top + height;
  const across = [0, 30, 60, 90, 120, 150].map((second) => {
    const x = left + (second / SECONDS) * width;
    return `<text x="${x}" y="${foot + 20}" text-anchor="middle">${second} s</text>`;
  });
  const up = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = foot - share * height;
    return `<path d="M${left} ${y}h${width}" stroke="#d0d7de"/><text x="${left - 8}" y="${y + 4}" text-anchor="end">${grouped(most * share)}</text>`;
  });
  return [`<text x="${left}" y="${top - 14}" font-weight="600">${title}</text>`, ...across, ...up].join('\n');
}

/** Cumulative line with one point per second. */
function line({ left, most, events }: Panel, course: Course, index: number): string {
  const { width, top, height } = PANEL;
  const times = events(course);
  const points: string[] = [];
  let happened = 0;
  for (let second = 0; second <= SECONDS; second++) {
    while ((times[happened] ?? Number.POSITIVE_INFINITY) <= second * 1000) happened++;
    const x = left + (second / SECONDS) * width;
    points.push(`${x.toFixed(1)},${(top + height - (happened / most) * height).toFixed(1)}`);
  }
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${COLOURS[index]}" stroke-width="2"/>`;
}

export function grouped(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(?:\d{3})+$)/g, ' ');
}
