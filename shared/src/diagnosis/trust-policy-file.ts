import { explain, jobsAdmittedFor, lint } from '@aws-oidc-assume/trust-policy';
import type { Advice, RequestedSession } from '../core/failure.ts';
import { indented, printable } from '../core/text.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import type { Options } from '../options/options.ts';
import { shellWord } from '../publish/posix-shell.ts';
import type { Runtime } from '../runtime.ts';
import type { DiagnosisRun } from './run.ts';

/** Reads the policy as text, because parsing it here would drop a duplicate member. */
async function textOf(file: string, runtime: Runtime): Promise<string | Error> {
  try {
    return await runtime.readTextFile(file);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Advice from the trust policy file: the cause is the condition that fails. Undefined without a file. */
export async function policyFileAdvice(
  token: IdentityToken,
  { roleArn, sessionName }: RequestedSession,
  { options, runtime }: DiagnosisRun,
): Promise<Advice | undefined> {
  const file = options.trustPolicyFile;
  if (file === undefined) return undefined;
  const text = await textOf(file, runtime);
  if (text instanceof Error) return { notes: [unreadable(file, text)] };
  const { verdict, cause, summary, fix, narrowFix, conditions, statement, widens } = explain(token.claims, text, {
    roleArn,
    context: { ...timeOf(runtime.now()), 'aws:SecureTransport': 'true', 'sts:RoleSessionName': sessionName },
  });
  if (verdict === 'allowed') {
    return {
      cause: `AWS denied the token, although ${file} would admit it.`,
      changes: [
        `Compare ${file} with the policy that the role has now: the role may have another one, or not exist.`,
        'If they are the same, a resource control policy (RCP) of your AWS organization denies it.',
      ],
    };
  }
  if (verdict === 'unknown') {
    const keys = [...new Set(conditions.flatMap(({ unknownKey }) => unknownKey ?? []))].join(' or ');
    return {
      cause: `${summary} (${file}, ${cause})`,
      changes: [
        `Compare the condition on ${keys} with the request in CloudTrail. If the role has another policy than ${file}, bring the file up to date.`,
      ],
    };
  }
  const policyFix =
    cause === 'policy-syntax'
      ? [savingAgain(file, roleArn)]
      : [fix, `Make this change in the role's trust policy in AWS: ${file} is only a copy of it.`];
  return {
    cause: `${shortKeys(summary, token)} (${file}, ${cause})`,
    changes: narrowFix === undefined ? policyFix : [narrowFix],
    ...(statement === undefined
      ? {}
      : {
          onRequest: [
            ...(narrowFix === undefined ? [] : [fix]),
            `If the role is meant for ${jobsAdmittedFor(token.claims)}${widens ? ', which is wider than the role is now' : ''}, add this statement to its trust policy:`,
            indented(JSON.stringify(statement, null, 2)),
          ],
        }),
  };
}

/** Advice for a file that IAM would refuse, so it cannot be the policy that the role has. */
function savingAgain(file: string, roleArn: string): string {
  const role = shellWord(roleArn.replace(/^.*\//, ''));
  return `Correct ${file}, or save it again with \`aws iam get-role --role-name ${role} --query Role.AssumeRolePolicyDocument\`.`;
}

/** Shortens condition keys to `…:sub`, because the issuer in them is long, and the details name it. */
function shortKeys(text: string, { issuer }: IdentityToken): string {
  return issuer === undefined ? text : text.replaceAll(`"${issuer.replace(/^https?:\/\//, '')}:`, '"…:');
}

/** Condition keys of the time of the request. */
function timeOf(now: Date): Record<string, string> {
  return { 'aws:CurrentTime': now.toISOString(), 'aws:EpochTime': String(Math.floor(now.getTime() / 1000)) };
}

/** Lints the trust policy file. Returns a warning for each weakness, safe to print. */
export async function weaknessesOf(
  file: string,
  token: IdentityToken,
  options: Options,
  runtime: Runtime,
): Promise<string[]> {
  const text = await textOf(file, runtime);
  if (text instanceof Error) return [unreadable(file, text)];
  const [{ role }, ...others] = options.roles;
  const findings = lint(text, {
    // The file's role is unknown if there are several roles.
    ...(others.length > 0 ? {} : { roleArn: role.arn }),
    ...(token.issuer === undefined ? {} : { issuer: token.issuer }),
  });
  return findings.map(({ id, path, message, fix }) =>
    printable(`${file} ${path} (${id}): ${message} ${fix}`, Number.POSITIVE_INFINITY),
  );
}

function unreadable(file: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return printable(`The trust policy file ${file} does not exist.`);
  // Node's messages repeat the path. A failure's message is more precise than its code. `instanceof` fails here,
  // because this file is bundled separately, with its own copy of the class.
  const reason = error.name === 'Failure' ? error.message : (error.code ?? error.message);
  return printable(`The trust policy file ${file} could not be read: ${reason.replace(/\.$/, '')}.`);
}
