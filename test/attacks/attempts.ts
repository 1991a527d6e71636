/** An attack that was tried, and its outcome today. */
export interface Attempt {
  /** Number in the list of attacks on the first version; `own` for the later ones; `held` for those that never worked. */
  readonly number: string;
  readonly attempt: string;
  readonly outcome: string;
  /** Tests that try it again. Each has a title that begins with the number. */
  readonly tests: readonly string[];
}

const FILES = 'test/attacks/files.test.ts';
const HOSTS = 'test/attacks/hosts.test.ts';
const ANSWERS = 'test/attacks/answers.test.ts';
const TEXT = 'test/attacks/text.test.ts';
const TASK = 'test/attacks/task.test.ts';
const LIMITS = 'test/attacks/limits.test.ts';
const OWN = 'test/attacks/own.test.ts';
const HELD_FILE = 'test/attacks/held.test.ts';
const TRUST_FILE = 'test/attacks/trust-policy-file.test.ts';
const DOCUMENTS = 'test/attacks/documents.test.ts';

const row = (number: string, attempt: string, outcome: string, ...tests: readonly string[]): Attempt => ({
  number,
  attempt,
  outcome,
  tests,
});

/** Rows of the table in docs/security.md. */
export const ATTEMPTS: readonly Attempt[] = [
  row(
    '1',
    'Plant `.aws-oidc/env` with shell code, by the repository, an artifact or a cache',
    'Refused by name; files of other steps are dropped',
    FILES,
  ),
  row(
    '2',
    'Hide a second host in the STS endpoint: `//`, `\\`, `..`, encoded characters, user, query, fragment, blanks, other spellings of this machine; redirect; a region that is a host',
    'Refused before anything is sent; no redirect is followed',
    HOSTS,
  ),
  row('3', 'Plant an AWS `config` or `credentials` file that runs code', 'Refused by name', FILES),
  row(
    '4',
    'Set `NODE_TLS_REJECT_UNAUTHORIZED=0` and a proxy',
    'Certificates are checked all the same; on Azure Pipelines, proxy and certificate variables of the job are named in a warning',
    HOSTS,
    TASK,
  ),
  row(
    '5',
    'Point the request for a token to another host, path, plan or job, or to a listener on this machine',
    'Refused; the access token is not sent',
    HOSTS,
  ),
  row(
    '6',
    'Win a race against the pipe as another user of the step',
    'No file of root is given away, and nothing is written elsewhere',
    FILES,
  ),
  row('7', 'Have git stage the credentials', 'Ignored by git or refused; never claimed unchecked', FILES),
  row(
    '8',
    'Answer for AWS STS with credentials of another account, role, session or partition, of another time, or with a key that is code',
    'Refused; nothing is published',
    ANSWERS,
  ),
  row(
    '9',
    'Take the token out of the environment of a command of `aws-oidc exec`, and assume the role again without the session policy',
    'It is not there, nor what requests one. This is hygiene; the role itself must be narrow',
    LIMITS,
  ),
  row(
    '10',
    'Forge branch, repository or project by a variable, for session tags or the session name',
    'Tags come from the token alone; a contradiction is an error',
    TEXT,
    TASK,
  ),
  row(
    '11',
    'Push a tag whose name is code, or whose commit is not on main, to publish a release',
    'No name is expanded into a script; the tag is refused',
    'test/attacks/release.test.ts',
  ),
  row(
    '12',
    'Let a limit arrive empty, as an undefined variable, or as a list that does not count its items',
    'An error. On Azure Pipelines an empty input cannot be told from none',
    LIMITS,
  ),
  row(
    '13',
    'Have the token request name another connection, plan or job; answer with a token of another holder',
    'Refused before AWS STS is called',
    HOSTS,
    TASK,
  ),
  row(
    '14',
    'Echo a token in an error: code, request id, message, header; cut, spaced, in hex, base64, another case, with marks or escape sequences in it',
    'Shown as `[secret]`',
    ANSWERS,
  ),
  row(
    '15',
    'Answer with 1 MB of the token, one byte at a time, without an end, compressed, deeply nested, or with HTTP 101',
    'Ends within the time limit, in bounded memory',
    ANSWERS,
  ),
  row('16', 'Be killed, and leave credentials in unfinished files', 'The next run removes them', FILES),
  row('17', 'Read `EXPOSE_ONCE` files where the clone has another path', 'Removed, or said', FILES),
  row('18', 'Print the id of the key in a later step', 'Masked, like the other values', TEXT),
  row(
    '19',
    'Print a log command of Azure Pipelines in any text, also with characters that nobody sees or that a culture ignores',
    'Inert: `#·#vso[`',
    TEXT,
  ),
  row(
    '20',
    'Name a file that blocks or never ends as the trust policy: FIFO, device, socket, folder, kernel log, sparse file',
    'Not read, not waited for, not quoted',
    TRUST_FILE,
  ),
  row('21', 'Set `OUTPUT_DIR` to a folder that is published, or to a folder of git', 'Refused', FILES),
  row('22', 'Have a name below `localhost` looked up by DNS', 'Refused; `localhost` needs no name server', HOSTS),
  row('23', 'Break the renewal program by a `package.json` above it', 'It is CommonJS by its name', TASK),
  row(
    '24',
    'Drive the emulator from a web page, also by a name that was rebound to this machine',
    'Refused by `Host`, `Origin` and `Sec-Fetch-Site`',
    'test/attacks/emulator.test.ts',
  ),
  row('25', 'Leave other credentials in variables of the image', 'Cleared; what stays is documented', DOCUMENTS),
  row(
    '26',
    'Have `npx` take another program by the `.npmrc` of a clone',
    'Documented with a version, from an empty folder',
    DOCUMENTS,
  ),
  row(
    '27',
    'Give `aws-oidc doctor` a token whose issuer is on this machine, in a private network, or leads to keys elsewhere',
    'Not asked, directly or through a proxy; `DIAGNOSE` uses the same code',
    'test/attacks/issuer.test.ts',
  ),
  row('28', 'Have the post-job handler remove a folder of others', 'Only files of the task are removed', TASK),
  row(
    'own 1',
    'Part a token in an error by escape sequences of a terminal, which are removed when it is printed',
    'Shown as `[secret]`',
    ANSWERS,
  ),
  row('own 2', 'Hide a log command by letters without a collation weight: tatweel and four others', 'Inert', TEXT),
  row('own 3', 'Give a limit as an item of a list that no `_COUNT` counts', 'An error', LIMITS),
  row('own 4', 'Name a listener on this machine as the server of the Azure job, too', 'Refused', HOSTS),
  row('own 5', 'Have the command line read a file without an end', 'Ends at 1 MiB, or 256 MiB for a trail', TRUST_FILE),
  row('own 6', 'Hold a job by `Retry-After`, or have it ask without an end', 'Ends within the time limit', OWN),
  row('own 7', 'Lead the token elsewhere by variables and files of AWS tools', 'No effect, or an error', OWN),
  row('own 8', 'Answer with XML that two parsers read in two ways', 'Refused', OWN),
  row('own 9', 'Plant the renewal programs, or a link in place of their folder', 'Replaced; refused', OWN),
  row('own 10', 'Have a shell run the name of a file while it completes a line', 'Nothing runs', OWN),
  row('own 11', 'Have `trust generate --output` write through a planted link', 'Refused', OWN),
  row(
    'held',
    'Run code by files of the clone; lead `OUTPUT_DIR` elsewhere or break its quoting; log secrets by `NODE_DEBUG`; forge inputs by job variables; be the proxy; forge tokens; read arguments and environments',
    'Nothing',
    HELD_FILE,
  ),
];

/** The rows as Markdown. */
export function attemptsTable(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  return [
    '| No. | Attempt | Outcome | Test |',
    '| --- | --- | --- | --- |',
    ...ATTEMPTS.map(
      ({ number, attempt, outcome, tests }) =>
        `| ${number} | ${cell(attempt)} | ${cell(outcome)} | ${tests.map((test) => `\`${test}\``).join(', ')} |`,
    ),
  ].join('\n');
}
