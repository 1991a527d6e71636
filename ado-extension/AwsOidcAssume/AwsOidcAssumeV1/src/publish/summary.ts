import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type FailureReport,
  type IdentityToken,
  type Log,
  type Options,
  printable,
  type Session,
} from '@aws-oidc-assume/shared';
import type { TaskHost } from '../agent/task-host.ts';
import { modeNamed } from '../expose/modes.ts';

export interface Summary {
  readonly sessions: readonly Session[];
  readonly options: Options;
  readonly token: IdentityToken | undefined;
}

/**
 * Returns the job's summary for the Extensions tab of the run, in Markdown. It contains no secret, because the agent
 * masks nothing in it.
 */
export function summaryOf({ sessions, options, token }: Summary): string {
  const rows = sessions.flatMap(({ profile, credentials }) => {
    const hidden = (text: string) =>
      options.maskAccountId ? text.replaceAll(credentials.accountId, '*'.repeat(12)) : text;
    return [
      ...(profile === undefined ? [] : [['Profile', code(profile)]]),
      ['Assumed role', code(hidden(credentials.assumedRoleArn))],
      ['Account', code(hidden(credentials.accountId))],
      ['Valid until', code(credentials.expiration.toISOString())],
    ];
  });
  const common = [
    ['Region', code(options.region)],
    ['Subject of the identity token', code(token?.subject ?? '(none)')],
    ['Issuer', code(token?.issuer ?? '(none)')],
    ['Given to later steps as', modeNamed(options.expose).summary],
  ];
  return [
    '### AWS role assumed',
    '',
    '| | |',
    '| --- | --- |',
    ...[...rows, ...common].map(([name, value]) => `| ${name} | ${value} |`),
    '',
  ].join('\n');
}

/** Returns the summary of a failed step: the cause, the fix, and the facts of the report. */
export function failureSummaryOf({ headline, fix, facts }: FailureReport, maskAccountId: boolean): string {
  const hidden = (text: string) => (maskAccountId ? text.replace(/\d{12}/g, '*'.repeat(12)) : text);
  const paragraph = (text: string) => `${code(hidden(text), 2000)}\n`;
  return [
    '### AWS role not assumed',
    '',
    paragraph(headline),
    ...fix.map((line) => paragraph(line.trim())),
    ...facts.map((line) => paragraph(line)),
  ].join('\n');
}

/**
 * Uploads a summary. Best effort: the agent refuses summaries of steps with `target: commands: restricted` and warns about it.
 */
export async function uploadSummary(
  text: string,
  host: Pick<TaskHost, 'variable' | 'command'>,
  log: Pick<Log, 'warning'>,
): Promise<void> {
  // The agent reads the file later and removes it with the temporary directory.
  const file = path.join(
    host.variable('Agent.TempDirectory') ?? '',
    `aws-oidc-assume-${randomBytes(6).toString('hex')}.md`,
  );
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    log.warning(
      `The summary of this step could not be written: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}.`,
    );
    return;
  }
  host.command('task.uploadsummary', {}, file);
}

/** Escapes text from outside, such as names of projects, so that it cannot become Markdown or HTML. */
function code(text: string, maxLength = 300): string {
  return `<code>${printable(text, maxLength).replace(/[^\w .,:/@+=-]/gu, (character) => `&#${character.codePointAt(0)};`)}</code>`;
}
