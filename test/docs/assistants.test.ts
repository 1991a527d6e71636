/** Checks the files for coding assistants, because assistants would copy a wrong name into pipelines. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS } from '../../packages/cli/src/commands/index.ts';
import { EXPOSE_MODES as PIPE_MODES } from '../../pipe/src/expose/modes.ts';
import { rows } from '../../scripts/options/rows.ts';
import { KNOWN_VARIABLES } from '../../shared/src/publish/aws-environment.ts';
import { ROOT } from './snippets.ts';

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

interface TaskInput {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly options?: Readonly<Record<string, string>>;
}

const INPUTS: readonly TaskInput[] = JSON.parse(read('ado-extension/AwsOidcAssume/AwsOidcAssumeV1/task.json')).inputs;
const VARIABLES = new Set([...rows().flatMap(({ variables }) => variables), ...KNOWN_VARIABLES]);
const INPUT_NAMES = new Set(INPUTS.flatMap(({ name, aliases = [] }) => [name, ...aliases]));
const TASK_MODES = Object.keys(INPUTS.find(({ name }) => name === 'expose')?.options ?? {});
const CLI_OPTIONS = new Set(COMMANDS.flatMap(({ options }) => Object.keys(options)));

/** Names with capitals that belong to other systems or are refused by name. */
const FOREIGN_NAMES = new Set([
  'AWSAssumeRole',
  'AWSOIDC',
  'ConfigureAWSCredentials',
  'StringEquals',
  'StringLike',
  'AssumeRoleWithWebIdentity',
]);

/** Returns the mistake in one piece of code in a text. */
function problemOf(code: string): string | undefined {
  const name = /^[\w-]+/.exec(code)?.[0] ?? '';
  if (/^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/.test(name)) return VARIABLES.has(name) ? undefined : 'no variable of the pipe';
  const [, mode] = /^expose: ([\w-]+)$/i.exec(code) ?? [];
  if (mode !== undefined && ![...PIPE_MODES, ...TASK_MODES].includes(mode)) return 'no mode';
  if (/^[a-z]+[A-Z]\w*$/.test(name) && !INPUT_NAMES.has(name)) return 'no input of the task';
  const [, command] = /^aws-oidc ((?:trust )?[\w-]+)/.exec(code) ?? [];
  if (command !== undefined && !COMMANDS.some((one) => one.name === command)) return 'no command';
  const option = [...code.matchAll(/(?:^| )--([\w-]+)/g)].map(([, flag = '']) => flag).find((flag) => !isFlag(flag));
  if (option !== undefined) return `no option --${option}`;
  if (/^[A-Z]\w*[a-z]\w*$/.test(code) && !FOREIGN_NAMES.has(code)) return 'no name that this test knows';
  return undefined;
}

/** `--yes` is npx's. */
const isFlag = (name: string) => CLI_OPTIONS.has(name) || name === 'yes';

describe('the files for coding assistants', () => {
  for (const file of ['llms.txt', 'SKILL.md']) {
    const text = read(file);
    const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '');

    it(`${file} names only existing options, modes and commands`, () => {
      const problems = [...prose.matchAll(/`([^`\n]+)`/g)]
        .map(([, code = '']) => [code, problemOf(code)] as const)
        .filter(([, problem]) => problem !== undefined);
      assert.deepEqual(problems, []);
    });

    it(`${file} has the names of the pipe and the task, and states that no release is published`, () => {
      assert.ok(text.includes('aws-oidc-assume/aws-oidc-assume') && text.includes('AwsOidcAssume@1'));
      assert.match(text, /1\.0\.0 is not published yet/);
    });
  }

  it('detects names that do not exist', () => {
    for (const code of [
      'AWS_ROLE',
      'roleARN',
      'EXPOSE: env',
      'aws-oidc login',
      'aws-oidc exec --role x',
      'AwsAssumeRole',
    ])
      assert.notEqual(problemOf(code), undefined, code);
    for (const code of ['AWS_OIDC_ROLE_ARN: $X', 'roleArn', 'EXPOSE: profile', 'aws-oidc trust lint', 'oidc: true'])
      assert.equal(problemOf(code), undefined, code);
  });

  it("SKILL.md has a skill's front matter", () => {
    const [, front = ''] = /^---\n([\s\S]*?)\n---\n/.exec(read('SKILL.md')) ?? [];
    assert.match(front, /^name: [a-z-]+$/m);
    assert.match(front, /^description: .{50,}$/m);
  });
});
