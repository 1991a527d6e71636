import assert from 'node:assert/strict';
import { parseCommandLine, UsageError } from '../src/command-line.ts';

describe('the command line', () => {
  it('listens only on this machine, on any free port, by default', () => {
    const command = parseCommandLine([]);
    assert(!command.help);
    assert.deepEqual(command.options, { port: 0, host: '127.0.0.1', https: false, httpsPort: 0, tlsNames: [] });
  });

  it('accepts all options together', () => {
    const args = ['--port', '8080', '--host', '::1', '--config', 'c.json', '--https', '--https-port=8443'];
    const command = parseCommandLine([...args, '--tls-name', 'a', '--tls-name', 'b', '--ca-file', 'ca.pem']);
    assert(!command.help);
    assert.deepEqual(command, {
      help: false,
      configFile: 'c.json',
      caFile: 'ca.pem',
      options: { port: 8080, host: '::1', https: true, httpsPort: 8443, tlsNames: ['a', 'b'] },
    });
  });

  const wrong = [
    { args: ['--prot', '1'], expected: /--prot/ },
    { args: ['--port', 'http'], expected: /^--port must be a number from 0 to 65535\.$/ },
    { args: ['--port', '65536'], expected: /^--port must be / },
    { args: ['extra'], expected: /extra/ },
    { args: ['--ca-file', 'ca.pem'], expected: /^--ca-file needs --https\.$/ },
    { args: ['--tls-name', 'x'], expected: /^--tls-name needs --https\.$/ },
  ];
  for (const { args, expected } of wrong) {
    it(`refuses ${args.join(' ')}`, () => {
      assert.throws(
        () => parseCommandLine(args),
        (error) => error instanceof UsageError && expected.test(error.message),
      );
    });
  }
});
