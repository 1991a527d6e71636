import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { skipWithout } from '../../test/support/tools.ts';
import { isExempt } from '../src/net/no-proxy.ts';

interface Case {
  readonly list: string;
  readonly host: string;
  readonly exempt: boolean;
  /** Reason why curl decides differently, or depending on its version. */
  readonly unlikeCurl?: string;
}

const direct = (list: string, host: string, unlikeCurl?: string): Case => ({
  list,
  host,
  exempt: true,
  ...(unlikeCurl === undefined ? {} : { unlikeCurl }),
});
const proxied = (list: string, host: string, unlikeCurl?: string): Case => ({
  ...direct(list, host, unlikeCurl),
  exempt: false,
});

const PORTS = 'curl knows no ports';
const IPV6 = 'curl 7.88 compares IPv6 as text, and gets the bits of blocks wrong';

const CASES: readonly Case[] = [
  direct('corp.example', 'corp.example'),
  direct('corp.example', 'sts.corp.example'),
  direct('example', 'sts.corp.example'),
  direct('.corp.example', 'sts.corp.example'),
  direct('.corp.example', 'corp.example'),
  direct('corp.example.', 'sts.corp.example'),
  direct('corp.example', 'sts.corp.example.'),
  direct('CORP.example', 'sts.corp.EXAMPLE'),
  proxied('corp.example', 'othercorp.example'),
  proxied('sts.corp.example', 'corp.example'),
  proxied('corp', 'corp.example'),
  proxied('.', 'corp.example'),
  proxied('..corp.example', 'sts.corp.example'),
  proxied('', 'corp.example'),
  proxied('a;corp.example', 'corp.example'),
  direct('*', 'corp.example'),
  direct('*', '127.0.0.1'),
  direct('a.example,*', 'corp.example', 'curl knows the star only alone'),
  direct('*.corp.example', 'sts.corp.example', 'curl knows the star only alone'),
  proxied('*.corp.example', 'othercorp.example'),
  proxied('*corp.example', 'othercorp.example'),
  direct('a.example,corp.example', 'sts.corp.example'),
  direct('a.example, corp.example', 'sts.corp.example'),
  direct(' ,, corp.example', 'sts.corp.example'),
  direct('a.example corp.example', 'sts.corp.example', 'curl since 7.86 by version: blanks alone end the list'),
  direct('corp.example:443', 'sts.corp.example', PORTS),
  proxied('corp.example:8443', 'sts.corp.example'),
  direct('127.0.0.1:443', '127.0.0.1', PORTS),
  proxied('127.0.0.1:8443', '127.0.0.1'),
  direct('[::1]:443', '::1', PORTS),
  proxied('[::1]:8443', '::1'),
  direct('127.0.0.1', '127.0.0.1'),
  proxied('127.0.0', '127.0.0.1'),
  proxied('0.0.1', '127.0.0.1'),
  direct('127.0.0.0/8', '127.1.2.3'),
  direct('127.0.0.0/31', '127.0.0.1'),
  proxied('127.0.0.0/31', '127.0.0.2'),
  direct('127.0.0.1/32', '127.0.0.1'),
  direct('127.0.0.1/0', '127.0.0.1', 'curl by version: newer ones refuse the length 0'),
  proxied('10.0.0.0/0', '127.0.0.1', 'curl by version'),
  proxied('127.0.0.0/33', '127.0.0.1'),
  proxied('127.0.0.0/8x', '127.0.0.1', 'curl by version: older ones ignore what follows the digits'),
  proxied('127.0.0.0/8', 'corp.example'),
  proxied('corp.example/8', '127.0.0.1'),
  direct('::1', '::1'),
  direct('[::1]', '::1', IPV6),
  direct('0:0:0:0:0:0:0:1', '::1', IPV6),
  direct('fd00::/8', 'fd12:3456::1', IPV6),
  direct('fe80::/10', 'febf::1', IPV6),
  proxied('fe80::/10', 'fec0::1', IPV6),
  proxied('::/129', '::1'),
  proxied('127.0.0.0/8', '::1'),
  proxied('::1', '127.0.0.1'),
];

describe('NO_PROXY', () => {
  for (const { list, host, exempt } of CASES) {
    it(`${exempt ? 'exempts' : 'does not exempt'} ${host} by "${list}"`, () => {
      assert.equal(isExempt({ host, port: 443 }, list), exempt);
    });
  }

  describe('compared with curl', () => {
    let proxy: Server;
    let address: string;
    let connects: number;

    before(async function () {
      skipWithout(this, 'curl');
      proxy = createServer();
      proxy.on('connect', (_, socket) => {
        connects++;
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    });
    after(() => proxy?.close());

    for (const { list, host, exempt } of CASES.filter(({ unlikeCurl }) => unlikeCurl === undefined)) {
      it(`${exempt ? 'exempts' : 'does not exempt'} ${host} by "${list}"`, async () => {
        connects = 0;
        const url = `https://${host.includes(':') ? `[${host}]` : host}/`;
        // Direct connections end immediately. No name leaves this machine, and port 443 is tried only on loopback.
        const here = ['--resolve', '*:443:127.0.0.1', '--connect-to', '::127.0.0.1:1'];
        const env = { PATH: process.env['PATH'], HTTPS_PROXY: address, NO_PROXY: list };
        await promisify(execFile)('curl', ['-sS', '-m', '5', ...here, url], { env }).catch(() => {});
        assert.equal(connects === 0, exempt);
      });
    }
  });
});
