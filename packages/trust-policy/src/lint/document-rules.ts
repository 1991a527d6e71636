import { coversAction } from '../policy/action.ts';
import { alternatives } from '../text/alternatives.ts';
import type { Rule } from './rule.ts';

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
            'the policy uses the language of 2008-10-17, which knows no policy variables and takes "${…}" literally',
          fix: 'Write "Version": "2012-10-17".',
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
          fix: 'Split the role in several, or ask for a higher quota (at most 4096).',
        },
      ];
    },
  },
  {
    id: 'action-not-sts',
    severity: 'error',
    about: 'An action is not one of STS; IAM stores only STS actions in a trust policy, so `*` is refused as well.',
    check({ statements }) {
      return statements.flatMap(({ statement: { action } }) =>
        action.patterns
          .filter((pattern) => !/^sts:/i.test(pattern))
          .map((pattern) => ({
            path: action.pointer,
            message: `"${pattern}" is not an action of STS; IAM refuses it in a trust policy`,
            fix: `Write "${WEB_IDENTITY}".`,
          })),
      );
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
        .map(({ statement: { action } }) => ({
          path: action.pointer,
          message: `the statement allows ${action.negated ? 'everything but ' : ''}${alternatives(action.patterns)}; a web identity token needs ${WEB_IDENTITY}`,
          fix: `Write "${WEB_IDENTITY}".`,
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
        .map(({ statement }) => ({
          path: statement.action.pointer,
          message: 'NotAction in an Allow lets through every action it does not list',
          fix: `Write "Action": "${WEB_IDENTITY}".`,
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
        .map(({ statement: { action } }) => ({
          path: action.pointer,
          message: 'a session with tags needs sts:TagSession besides the action that assumes the role',
          fix: action.negated
            ? 'Let NotAction not list sts:TagSession.'
            : `Write "Action": [${[...action.patterns, 'sts:TagSession'].map((name) => `"${name}"`).join(', ')}].`,
        }));
    },
  },
];
