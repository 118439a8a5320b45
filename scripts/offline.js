import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { contentSecurityPolicy, headersFile } from './headers.js';
import { inProject } from './project.js';

const registration = "if ('serviceWorker' in navigator && isSecureContext) navigator.serviceWorker.register('./sw.js').catch(() => {});\n";
const notPrecached = new Set(['_headers', 'sw.js', 'index.html']);

/**
 * Vite plugins that make the built site safe and usable offline: the policy as the first tag of the page, the service worker with the list
 * of all files, the script that registers it, and the headers file for hosts that read one.
 * @returns {import('vite').Plugin[]}
 */
export function safeAndOffline() {
  let folder = '';
  return [
    {
      name: 'logjam:policy',
      apply: 'build',
      transformIndexHtml: () => [
        { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy }, injectTo: 'head-prepend' },
        { tag: 'script', attrs: { src: './register.js', defer: true }, injectTo: 'head' },
      ],
    },
    {
      name: 'logjam:offline',
      apply: 'build',
      enforce: 'post',
      configResolved(config) {
        folder = join(config.root, config.build.outDir);
      },
      closeBundle() {
        if (!existsSync(join(folder, 'index.html'))) return;
        writeFileSync(join(folder, 'register.js'), registration);
        writeFileSync(join(folder, '_headers'), headersFile());
        writeFileSync(join(folder, 'sw.js'), serviceWorkerFor(folder));
      },
    },
  ];
}

/**
 * The service worker's text for a built site. Its version is a hash over all names and contents, so equal sites have equal workers.
 * @param {string} folder
 */
export function serviceWorkerFor(folder) {
  const hash = createHash('sha256');
  const names = filesIn(folder).sort();
  for (const name of names) if (name !== 'sw.js') hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  // The page is cached under the folder's own address: some hosts redirect `index.html`, and a redirected answer cannot serve a visit.
  const files = ['./', ...names.filter((name) => !notPrecached.has(name) && !name.endsWith('.map')).map((name) => `./${name}`)];
  const precache = JSON.stringify({ version: hash.digest('hex').slice(0, 16), files }, null, 1);
  return `self.precache = ${precache};\n\n${readFileSync(inProject('scripts', 'serviceWorker.js'), 'utf8')}`;
}

/** @param {string} folder */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(folder, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    );
}
