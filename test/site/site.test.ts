/** Checks the built documentation in a real browser: links, anchors, errors, a phone's width, accessibility. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { skipBecause } from '../support/tools.ts';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const dist = path.join(docs, 'dist');
const CHROMIUM = '/usr/bin/chromium';
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  json: 'application/json',
  png: 'image/png',
  woff2: 'font/woff2',
};

/** The part of Playwright that this test uses; the package is installed with the site, not with the tests. */
interface Page {
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  goto(url: string, options?: object): Promise<unknown>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  emulateMedia(media: { colorScheme: 'light' | 'dark' }): Promise<void>;
  evaluate<T>(expression: string): Promise<T>;
  addScriptTag(script: { path: string }): Promise<unknown>;
  fill(selector: string, text: string): Promise<void>;
  click(selector: string): Promise<void>;
  waitForSelector(selector: string): Promise<unknown>;
}
interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}
interface Link {
  readonly page: string;
  readonly href: string;
}

describe('the documentation site', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let home: string;
  const problems: string[] = [];
  const pages = existsSync(dist)
    ? readdirSync(dist).filter((name) => name.endsWith('.html') && name !== '404.html')
    : [];

  before(async function () {
    this.timeout(60_000);
    const missing = [
      ...(existsSync(path.join(dist, 'index.html')) ? [] : ['docs/dist (npx pnpm@12 site)']),
      ...(existsSync(CHROMIUM) ? [] : [CHROMIUM]),
    ];
    if (missing.length > 0) skipBecause(this, `this machine lacks ${missing.join(' and ')}`);
    server = createServer((request, response) => {
      const file = path.join(
        dist,
        new URL(request.url ?? '/', 'http://localhost').pathname.replace(/\/$/, '/index.html'),
      );
      if (!file.startsWith(dist) || !existsSync(file) || !statSync(file).isFile()) {
        response.writeHead(request.url === '/favicon.ico' ? 204 : 404).end();
        return;
      }
      response.writeHead(200, { 'content-type': TYPES[path.extname(file).slice(1)] ?? 'application/octet-stream' });
      response.end(readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    home = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { chromium } = createRequire(path.join(docs, 'package.json'))('playwright-core') as {
      chromium: { launch(options: object): Promise<Browser> };
    };
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-sync',
    ];
    browser = await chromium.launch({ executablePath: CHROMIUM, args });
    page = await browser.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  const visit = (name: string) => page.goto(`${home}/${name}`, { waitUntil: 'networkidle' });

  it('has every page of docs/', () => {
    const sources = readdirSync(docs).filter((name) => name.endsWith('.md'));
    assert.deepEqual(pages.toSorted(), sources.map((name) => name.replace(/\.md$/, '.html')).toSorted());
  });

  it('has no dead link, no dead anchor, and no error in the console', async function () {
    this.timeout(120_000);
    const anchors = new Map<string, ReadonlySet<string>>();
    const links: Link[] = [];
    for (const name of pages) {
      await visit(name);
      anchors.set(
        name,
        new Set(await page.evaluate<string[]>('[...document.querySelectorAll("[id]")].map((e) => e.id)')),
      );
      const hrefs = await page.evaluate<string[]>('[...document.querySelectorAll("a[href]")].map((a) => a.href)');
      links.push(...hrefs.map((href) => ({ page: name, href })));
    }
    const internal = links.filter(({ href }) => href.startsWith(home));
    assert.ok(internal.length > 100);
    const dead = internal.filter(({ href }) => {
      const { pathname, hash } = new URL(href);
      const target = pathname === '/' ? 'index.html' : pathname.slice(1);
      const pageAnchors = anchors.get(target) ?? anchors.get(`${target}.html`);
      return pageAnchors === undefined || (hash !== '' && !pageAnchors.has(decodeURIComponent(hash.slice(1))));
    });
    assert.deepEqual(dead, []);
    const toFiles = links.filter(
      ({ href }) => href.startsWith('file:') || (/\.md(#|$)/.test(href) && !href.includes('github.com')),
    );
    assert.deepEqual(toFiles, []);
    assert.deepEqual(problems, []);
  });

  it('is readable on a phone, without elements wider than the screen', async function () {
    this.timeout(120_000);
    await page.setViewportSize({ width: 390, height: 844 });
    for (const name of pages) {
      await visit(name);
      assert.equal(await page.evaluate<number>('document.documentElement.scrollWidth'), 390, name);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no serious accessibility fault in the ${colorScheme} theme`, async function () {
      this.timeout(180_000);
      await page.emulateMedia({ colorScheme });
      const faults: string[] = [];
      for (const name of pages) {
        await visit(name);
        await page.addScriptTag({ path: path.join(docs, 'node_modules/axe-core/axe.min.js') });
        const axeViolations = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
          'axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => ({ html })) })))',
        );
        faults.push(
          ...axeViolations
            .filter(({ impact }) => ['serious', 'critical'].includes(impact))
            .map(({ id, nodes }) => `${name}: ${id}: ${nodes.length}× ${nodes[0]?.html.slice(0, 160)}`),
        );
      }
      assert.deepEqual(faults, []);
    });
  }

  it('finds a page by a word in its text', async () => {
    await visit('index.html');
    await page.click('.VPNavBarSearch button');
    await page.fill('.VPLocalSearchBox input', 'AccessDenied');
    await page.waitForSelector('.VPLocalSearchBox .result');
    const results = await page.evaluate<string[]>(
      '[...document.querySelectorAll(".VPLocalSearchBox .result")].map((a) => a.href)',
    );
    assert.ok(
      results.some((href) => href.includes('troubleshooting')),
      results.join('\n'),
    );
  });
});
