import { parseArgs } from 'node:util';
import type { EmulatorOptions } from './start-emulator.ts';

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type CommandLine =
  | { readonly help: true }
  | {
      readonly help: false;
      readonly configFile: string | undefined;
      readonly caFile: string | undefined;
      readonly options: EmulatorOptions;
    };

export const USAGE = `Usage: aws-oidc-emulator [options]

AWS STS and the token issuers of CI systems, on this machine. When ready, it prints one line of
JSON with all addresses. It serves until SIGTERM or SIGINT and keeps everything in memory.

  --port NUMBER        port for HTTP; 0, the default, takes any free one
  --host ADDRESS       address to listen on; 127.0.0.1 by default. Anyone who can reach it can mint tokens
  --config FILE        JSON: accounts, sts, and a member for each CI system
  --https              also serve over TLS, with a certificate authority created for this run
  --https-port NUMBER  port for HTTPS; 0, the default, takes any free one
  --tls-name NAME      another name of the emulator, for the TLS certificate; repeatable
  --ca-file FILE       write the authority's certificate (public) to this file
  --help               show this help
`;

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const values = parse(args);
  if (values.help) return { help: true };
  const https = values.https ?? false;
  for (const name of ['https-port', 'tls-name', 'ca-file'] as const) {
    if (values[name] !== undefined && !https) throw new UsageError(`--${name} needs --https.`);
  }
  return {
    help: false,
    configFile: values.config,
    caFile: values['ca-file'],
    options: {
      port: parsePort('port', values.port),
      host: values.host ?? '127.0.0.1',
      https,
      httpsPort: parsePort('https-port', values['https-port']),
      tlsNames: values['tls-name'] ?? [],
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        config: { type: 'string' },
        https: { type: 'boolean' },
        'https-port': { type: 'string' },
        'tls-name': { type: 'string', multiple: true },
        'ca-file': { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parsePort(name: string, text = '0'): number {
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number > 65_535) throw new UsageError(`--${name} must be a number from 0 to 65535.`);
  return number;
}
