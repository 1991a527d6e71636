import { writeElement } from '../fix/edits.ts';
import { advice, type Edit, type Fix, fixBy } from '../fix/fix.ts';
import { coversAction } from '../policy/action.ts';
import type { Statement } from '../policy/policy-document.ts';
import { alternatives } from '../text/alternatives.ts';
import type { LintedStatement, Rule } from './rule.ts';

const WEB_IDENTITY = 'sts:AssumeRoleWithWebIdentity';

/** Rules on the policy as a whole and on its elements other than principals and conditions. */
export const DOCUMENT_RULES: readonly Rule[] = [
  {
    id: 'version-old',
    severity: 'warning',
    about: 'The policy has no `"Version": "2012-10-17"`; the older language takes `${…}` literally.',
    check({ document }) {
      if (document.version === '2012-10-17') return [];
      return [
        {
          path: '/Version',
          message:
            'the policy uses the language of 2008-10-17, which has no policy variables and takes "${…}" literally',
          fix: versionFix(document.statements),
        },
      ];
    },
  },
  {
    id: 'policy-too-long',
    severity: 'warning',
    about: 'The policy is longer than the default quota of 2048 characters; IAM refuses it until the quota is raised.',
    check({ document }) {
      const length = document.lengthWithoutSpaces;
      if (length <= 2048) return [];
      return [
        {
          path: '',
          message: `the policy has ${length} characters without spaces; IAM's default quota for a trust policy is 2048`,
          fix: advice('Split the role in several, or ask for a higher quota (at most 4096).', { widens: false }),
        },
      ];
    },
  },
  {
    id: 'action-not-sts',
    severity: 'error',
    about: 'An action is not one of STS; IAM stores only STS actions in a trust policy, so `*` is refused as well.',
    check({ statements }) {
      return statements.flatMap((linted) => {
        const { action } = linted.statement;
        return action.patterns
          .filter((pattern) => !/^sts:/i.test(pattern))
          .map((pattern) => ({
            path: action.pointer,
            message: `"${pattern}" is not an action of STS; IAM refuses it in a trust policy`,
            fix: actionFix(pattern, linted),
          }));
      });
    },
  },
  {
    id: 'action-missing',
    severity: 'error',
    about:
      'A statement for an OIDC provider does not allow `sts:AssumeRoleWithWebIdentity`, e.g. it has `sts:AssumeRole`.',
    check({ statements }) {
      if (
        statements.some(
          ({ statement, admitsWebIdentity }) => admitsWebIdentity && coversAction(statement.action, WEB_IDENTITY),
        )
      ) {
        return [];
      }
      return statements
        .filter(({ admitsWebIdentity }) => admitsWebIdentity)
        .map(({ statement }) => ({ statement, action: statement.action }))
        .map(({ statement, action }) => ({
          path: action.pointer,
          message: `the statement allows ${action.negated ? 'everything but ' : ''}${alternatives(action.patterns)}; a web identity token needs ${WEB_IDENTITY}`,
          fix: fixBy(writeWebIdentityAction(statement), { widens: true }),
        }));
    },
  },
  {
    id: 'not-action',
    severity: 'warning',
    about: '`NotAction` in an Allow also allows STS actions that do not exist yet.',
    check({ statements }) {
      return statements
        .filter(({ statement }) => statement.effect === 'Allow' && statement.action.negated)
        .map((linted) => ({
          path: linted.statement.action.pointer,
          message: 'NotAction in an Allow lets through every action it does not list',
          fix: notActionFix(linted),
        }));
    },
  },
  {
    id: 'tag-session-missing',
    severity: 'error',
    about: 'The sessions are to carry tags (asked for with `sessionTags`), but no statement allows `sts:TagSession`.',
    check({ statements }, { sessionTags }) {
      const allowing = statements.filter(({ statement }) => statement.effect === 'Allow');
      if (!sessionTags || allowing.some(({ statement }) => coversAction(statement.action, 'sts:TagSession'))) return [];
      return allowing
        .filter(
          ({ statement }) =>
            coversAction(statement.action, 'sts:AssumeRole') || coversAction(statement.action, WEB_IDENTITY),
        )
        .map(({ statement: { action, pointer } }) => ({
          path: action.pointer,
          message: 'a session with tags needs sts:TagSession in addition to the action that assumes the role',
          fix: action.negated
            ? advice('Let NotAction not list sts:TagSession.', { widens: true })
            : fixBy(writeElement(pointer, 'Action', [...action.patterns, 'sts:TagSession']), { widens: true }),
        }));
    },
  },
];

/** Writes the current version. It activates policy variables, so a policy that has some may admit more. */
function versionFix(statements: readonly Statement[]): Fix {
  const edit = writeElement('', 'Version', '2012-10-17');
  const variable = statements
    .flatMap(({ conditions }) => conditions)
    .flatMap(({ values }) => values)
    .find((value) => value.includes('${'));
  if (variable === undefined) return fixBy(edit, { widens: false });
  return advice(
    `First write "\${$}{" for "\${" in "${variable}" if that is meant literally, or the value itself. Then ${edit.text}. A variable of the token is fulfilled by every token.`,
    { widens: true },
  );
}

/** Replaces a pattern that covers the action of web identities by that action, or removes a useless pattern. */
function actionFix(pattern: string, { statement, issuers }: LintedStatement): Fix {
  const { action, effect, pointer } = statement;
  const isCovered = coversAction({ ...action, negated: false, patterns: [pattern] }, WEB_IDENTITY);
  const others = action.patterns.filter((other) => other !== pattern);
  const isForWebIdentities =
    issuers.length > 0 && statement.principal.entries.every(({ type }) => type === 'Federated');
  if (action.negated || effect === 'Deny' || !(isCovered ? isForWebIdentities : others.length > 0)) {
    return advice(`Write "${WEB_IDENTITY}", or another action of STS.`, { widens: true });
  }
  const patterns = [...new Set(isCovered ? [...others, WEB_IDENTITY] : others)];
  return fixBy(writeElement(pointer, 'Action', patterns.length === 1 ? patterns[0] : patterns), { widens: false });
}

/** Names the one action that NotAction let through for web identities. */
function notActionFix({ statement, issuers }: LintedStatement): Fix {
  const { action, principal } = statement;
  const isForWebIdentities = issuers.length > 0 && principal.entries.every(({ type }) => type === 'Federated');
  if (!isForWebIdentities || !coversAction(action, WEB_IDENTITY)) {
    return advice('Write "Action" with the actions that the principals need instead of NotAction.', { widens: true });
  }
  return fixBy(writeWebIdentityAction(statement), { widens: false });
}

/** Replaces NotAction by the one action that a web identity needs. */
function writeWebIdentityAction({ action, pointer }: Statement): Edit {
  const edit = writeElement(pointer, 'Action', WEB_IDENTITY);
  if (!action.negated) return edit;
  return { text: `${edit.text} instead of NotAction`, patch: [{ op: 'remove', path: action.pointer }, ...edit.patch] };
}
