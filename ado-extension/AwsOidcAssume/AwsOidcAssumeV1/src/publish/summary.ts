import { type IdentityToken, type Options, printable, type Session } from '@aws-oidc-assume/shared';
import { modeNamed } from '../expose/modes.ts';

export interface Summary {
  readonly sessions: readonly Session[];
  readonly options: Options;
  readonly token: IdentityToken | undefined;
}

/** The job's summary on the Extensions tab of the run, in Markdown. The agent masks nothing in it, so that nothing secret may stand there. */
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

/** Names of projects and connections come from outside: nothing in them may become Markdown or HTML. */
function code(text: string): string {
  return `<code>${printable(text, 300).replace(/[^\w .,:/@+=-]/gu, (sign) => `&#${sign.codePointAt(0)};`)}</code>`;
}
