import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { OptionProblem } from '../../shared/src/core/failure.ts';
import { WORDING_FILE, type Wording } from './wording-file.ts';

/** Messages of this run, by section and situation. */
const recorded: Wording = {};
const isWriting = process.env['MESSAGES'] === 'write';
let expectedWording: Wording | undefined;

if (isWriting) process.on('exit', save);

/**
 * Compares messages with the stored wording, which a reviewer reads in docs/messages.md. `npx pnpm messages` stores the
 * present wording, so that no test repeats it.
 *
 * @param section heading in docs/messages.md
 * @param situation cause of the messages, unique in its section
 */
export function assertWording(section: string, situation: string, messages: readonly string[]): void {
  if (isWriting) {
    const earlier = recorded[section]?.[situation];
    if (earlier !== undefined) assert.deepEqual(messages, earlier, `${section}, ${situation} is recorded twice`);
    recorded[section] = { ...recorded[section], [situation]: messages };
    return;
  }
  expectedWording ??= JSON.parse(readFileSync(WORDING_FILE, 'utf8')) as Wording;
  assert.deepEqual(
    messages,
    expectedWording[section]?.[situation],
    'the wording changed; `npx pnpm messages` stores the new one',
  );
}

/** Replaces the sections that this run recorded, and keeps those of other runs. */
function save(): void {
  const before = JSON.parse(readFileSync(WORDING_FILE, 'utf8')) as Wording;
  const sections = Object.entries({ ...before, ...recorded }).toSorted(([one], [other]) => (one < other ? -1 : 1));
  writeFileSync(WORDING_FILE, `${JSON.stringify(Object.fromEntries(sections), null, 2)}\n`);
}

/** Returns the problem of an option in one line, as reports list it. */
export function problemText({ option, message, fix }: OptionProblem): string {
  return `${option} ${message}.${fix === undefined ? '' : ` Fix: ${fix}`}`;
}
