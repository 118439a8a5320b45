import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentSecurityPolicy } from './headers.js';
import { serviceWorkerFor } from './offline.js';
import { fileFor, serveSite } from './siteServer.js';

/** @type {string} */
let parent;
/** @type {string} */
let folder;

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'logjam-site-'));
  folder = join(parent, 'site');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(parent, 'secret.txt'), 'secret');
  mkdirSync(join(parent, 'site-of-another'));
  writeFileSync(join(parent, 'site-of-another', 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'assets', 'worker-1.js'), 'self.onmessage = null;');
  writeFileSync(join(folder, '_headers'), '');
});

afterAll(() => rmSync(parent, { recursive: true }));

describe('the site server', () => {
  test('finds files, and the page for a folder', () => {
    expect(fileFor(folder, '/')).toBe(join(folder, 'index.html'));
    expect(fileFor(folder, '/?example=purchase')).toBe(join(folder, 'index.html'));
    expect(fileFor(folder, '/assets/worker-1.js')).toBe(join(folder, 'assets', 'worker-1.js'));
  });

  test.each([
    '/missing.js',
    '/assets',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%2fsite-of-another/secret.txt',
    '/%',
    '/%00',
  ])('has nothing at %s', (path) => {
    expect(fileFor(folder, path)).toBeNull();
  });

  test('sends the policy with every response, and takes the next port when one is taken', async () => {
    const first = await serveSite({ folder, port: 0 });
    const second = await serveSite({ folder, port: first.port });
    try {
      expect(second.port).not.toBe(first.port);
      for (const path of ['', 'assets/worker-1.js', 'missing']) {
        const response = await fetch(second.url + path);
        expect(response.status).toBe(path === 'missing' ? 404 : 200);
        expect(response.headers.get('content-security-policy')).toContain(contentSecurityPolicy);
      }
      const worker = await fetch(`${second.url}assets/worker-1.js`);
      expect(worker.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(worker.headers.get('cache-control')).toContain('immutable');
      await expect(serveSite({ folder, port: first.port, strictPort: true })).rejects.toThrow(`Port ${first.port} is taken`);
    } finally {
      await first.close();
      await second.close();
    }
  });
});

describe('the service worker', () => {
  test('lists the page and every file but those for the host, and its version follows the contents', () => {
    const text = serviceWorkerFor(folder);
    expect(text).toMatch(/^self\.precache = /);
    const precache = JSON.parse(text.slice('self.precache = '.length, text.indexOf(';\n')));
    expect(precache.files).toEqual(['./', './assets/worker-1.js']);
    expect(serviceWorkerFor(folder)).toBe(text);
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Changed</title>');
    expect(serviceWorkerFor(folder)).not.toBe(text);
  });
});
