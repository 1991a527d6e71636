/** An attack, and its present outcome. */
export interface Attempt {
  readonly attempt: string;
  readonly outcome: string;
  /** Test that repeats the attack. */
  readonly test: string;
}

const FILES = 'test/attacks/files.test.ts';

/** Rows of the table in docs/security.md. */
export const ATTEMPTS: readonly Attempt[] = [
  {
    attempt: 'Plant `.aws-oidc/env` with shell code, by the repository, an artifact or a cache',
    outcome: 'Refused by name; files of other steps are dropped',
    test: FILES,
  },
  {
    attempt: 'Hide a second host in the STS endpoint: `//`, `\\`, `..`, user, query, fragment',
    outcome: 'Refused before anything is sent',
    test: 'shared/test/secret-url.test.ts',
  },
  { attempt: 'Plant an AWS `config` or `credentials` file that runs code', outcome: 'Refused by name', test: FILES },
  {
    attempt: 'Set `NODE_TLS_REJECT_UNAUTHORIZED=0` and a proxy',
    outcome:
      'Certificates are checked all the same; on Azure Pipelines, proxy and certificate variables of the job are named in a warning',
    test: 'shared/test/proxy.test.ts',
  },
  {
    attempt: 'Point `System.OidcRequestUri` to another host, path, plan or job',
    outcome: 'Refused; the access token is not sent',
    test: 'packages/ci-systems/test/azure-pipelines/token-url.test.ts',
  },
  {
    attempt: 'Win a race against the pipe as another user of the step',
    outcome: 'No file of root is given away, and nothing is written elsewhere',
    test: FILES,
  },
  {
    attempt: 'Have git stage the credentials',
    outcome: 'Ignored by git or refused; never claimed unchecked',
    test: FILES,
  },
  {
    attempt: 'Answer for AWS STS with credentials of another account, role or time',
    outcome: 'Refused; nothing is published',
    test: 'shared/test/answer-check.test.ts',
  },
  {
    attempt: 'Forge branch or project by a variable, for session tags or the session name',
    outcome: 'Tags come from the token alone; a contradiction is an error',
    test: 'test/attacks/task.test.ts',
  },
  {
    attempt: 'Answer with a token of another holder than was asked for',
    outcome: 'Refused before AWS STS is called',
    test: 'packages/ci-systems/test/azure-pipelines/token-request.test.ts',
  },
  {
    attempt: 'Let a limit arrive empty: allowed accounts, session policy',
    outcome: 'An error',
    test: 'pipe/test/options.test.ts',
  },
  {
    attempt: 'Echo the token in an error: code, request id, message; cut, spaced, in hex, base64, another case',
    outcome: 'Shown as `[secret]`',
    test: 'shared/test/redact.test.ts',
  },
  {
    attempt: 'Send an error of 960 kB, one byte at a time, or HTTP 101',
    outcome: 'Ends at once, in linear time and bounded memory',
    test: 'shared/test/transport.test.ts',
  },
  {
    attempt: 'Be killed, and leave credentials in unfinished files',
    outcome: 'The next run removes them',
    test: FILES,
  },
  {
    attempt: 'Print a log command of Azure Pipelines in any text, also with characters that nobody sees',
    outcome: 'Inert: `#·#vso[`',
    test: 'ado-extension/test/log.test.ts',
  },
  {
    attempt: 'Name a file that blocks or never ends as the trust policy',
    outcome: 'Not read',
    test: 'shared/test/system-runtime.test.ts',
  },
  {
    attempt: 'Break the renewal program by a `package.json` above it',
    outcome: 'It is CommonJS by its name',
    test: 'test/attacks/task.test.ts',
  },
  {
    attempt: 'Have the post-job handler remove a folder of others',
    outcome: 'Only files of the task are removed',
    test: 'ado-extension/test/remove-left-files.test.ts',
  },
  {
    attempt: 'Drive the emulator from a web page',
    outcome: 'Refused by `Host` and `Sec-Fetch-Site`',
    test: 'packages/emulator/test/browser-guard.test.ts',
  },
];

/** Rows as Markdown. */
export function attemptsTable(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  return [
    '| Attempt | Outcome | Test |',
    '| --- | --- | --- |',
    ...ATTEMPTS.map(({ attempt, outcome, test }) => `| ${cell(attempt)} | ${cell(outcome)} | \`${test}\` |`),
  ].join('\n');
}
