import { Failure, printable, shellWord } from '@aws-oidc-assume/shared';
import { parseRoleArn, type RoleArn } from '@aws-oidc-assume/trust-policy';
import { type CapturedRun, ChildNotStarted, type CliContext } from '../../context.ts';
import { type PolicyFile, policyIn } from '../../input/files.ts';

/**
 * Fetches the trust policy of a role with the user's own AWS CLI, which finds credentials itself. This program searches
 * for none. No shell is involved, and the argument list contains no secret.
 *
 * @throws Failure `PolicyNotFetched`
 */
export async function fetchPolicy(role: RoleArn, context: CliContext): Promise<PolicyFile> {
  const args = ['iam', 'get-role', '--role-name', role.name, '--output', 'json'];
  const { status, stdout, stderr } = await runAws(args, role, context);
  if (status !== 0) throw refused({ status, stderr }, role);
  const fetched = answerIn(stdout);
  if (fetched?.roleArn === undefined) {
    throw new Failure('PolicyNotFetched', `${commandFor(role)} printed no role with a trust policy.`, {
      changes: [fileInstead(role)],
    });
  }
  // AWS looks up the role only by name, in the account of the credentials.
  const other = parseRoleArn(fetched.roleArn);
  if (other?.accountId !== role.accountId || other.partition !== role.partition) {
    throw new Failure(
      'PolicyNotFetched',
      `The AWS CLI has credentials of account ${other?.accountId}, and role "${role.name}" was to be read in account ${role.accountId}.`,
      { changes: [`Choose credentials of account ${role.accountId}, e.g. with AWS_PROFILE, or correct --role-arn.`] },
    );
  }
  return fetched;
}

async function runAws(args: readonly string[], role: RoleArn, context: CliContext): Promise<CapturedRun> {
  try {
    // A pager would wait for a key.
    return await context.capture({ command: 'aws', args, env: { ...context.env, AWS_PAGER: '' } });
  } catch (error) {
    if (!(error instanceof ChildNotStarted)) throw error;
    throw new Failure('PolicyNotFetched', `The AWS CLI (aws) could not be started: ${printable(error.message, 200)}.`, {
      changes: [
        'Install the AWS CLI (https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html).',
        fileInstead(role),
      ],
    });
  }
}

function refused({ status, stderr }: Pick<CapturedRun, 'status' | 'stderr'>, role: RoleArn): Failure {
  const words = stderr.trim();
  const code = /\((\w+)\) when calling the GetRole operation/.exec(words)?.[1];
  return new Failure(
    'PolicyNotFetched',
    `${commandFor(role)} failed with exit status ${status}${words === '' ? '' : `: ${printable(words, 1000)}`}`,
    { changes: [changeFor(code, role), fileInstead(role)] },
  );
}

function changeFor(code: string | undefined, role: RoleArn): string {
  switch (code) {
    case 'AccessDenied':
      return `Use credentials that may call iam:GetRole on ${role.arn}, e.g. with AWS_PROFILE.`;
    case 'NoSuchEntity':
      return `Correct the name of the role in --role-arn, or use credentials of account ${role.accountId}, e.g. with AWS_PROFILE.`;
    default:
      return `Give the AWS CLI credentials of account ${role.accountId}: AWS_PROFILE, or aws sso login.`;
  }
}

function fileInstead(role: RoleArn): string {
  return `Or save the policy where the AWS CLI works, and give the file: ${commandFor(role)} > role.json, then --policy role.json.`;
}

function commandFor({ name }: RoleArn): string {
  return `aws iam get-role --role-name ${shellWord(name)}`;
}

function answerIn(stdout: string): PolicyFile | undefined {
  try {
    return policyIn(stdout, 'the output of aws iam get-role');
  } catch {
    return undefined;
  }
}
