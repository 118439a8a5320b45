import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { cacheControl, securityHeaders } from './headers.js';

/** @type {Record<string, string>} */
const mediaTypes = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

const portsToTry = 20;

/**
 * Serves a built site on this machine only, with the security headers on every response, workers and errors included.
 * @param {{ folder: string, port: number, strictPort?: boolean }} options With `strictPort` only that port is tried; else the next free
 *   one is taken. Port 0 takes any free one.
 * @returns {Promise<{ port: number, url: string, close: () => Promise<void> }>}
 */
export async function serveSite({ folder, port, strictPort = false }) {
  const last = strictPort || port === 0 ? port : port + portsToTry - 1;
  for (let candidate = port; candidate <= last; candidate += 1) {
    const servers = await listen(folder, candidate);
    if (servers === null) continue;
    const address = servers[0].address();
    const actual = typeof address === 'object' && address !== null ? address.port : candidate;
    const close = async () => void (await Promise.all(servers.map(closeServer)));
    return { port: actual, url: `http://localhost:${actual}/`, close };
  }
  if (strictPort) throw new Error(`Port ${port} is taken. Choose another with --port, or stop what uses it.`);
  return serveSite({ folder, port: 0 });
}

/**
 * The file that a request's path names, or null when there is none or it lies outside the folder.
 * @param {string} folder
 * @param {string} requestUrl
 */
export function fileFor(folder, requestUrl) {
  const root = resolve(folder);
  let path;
  try {
    path = decodeURIComponent(new URL(requestUrl, 'http://localhost').pathname);
  } catch {
    return null;
  }
  if (path.includes('\0')) return null;
  const file = join(root, path.endsWith('/') ? `${path}index.html` : path);
  if (!file.startsWith(root + sep)) return null;
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : null;
}

/**
 * `localhost` is 127.0.0.1 for one browser and ::1 for another, so both must be ours; null when either is taken.
 * @param {string} folder
 * @param {number} port
 */
async function listen(folder, port) {
  const first = await listenOn(folder, port, '127.0.0.1');
  if (first === 'taken' || first === 'absent') return null;
  const address = first.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  const second = await listenOn(folder, actual, '::1');
  if (second === 'absent') return [first];
  if (second !== 'taken') return [first, second];
  await closeServer(first);
  return null;
}

/**
 * @param {string} folder
 * @param {number} port
 * @param {string} host
 * @returns {Promise<import('node:http').Server | 'taken' | 'absent'>}
 */
function listenOn(folder, port, host) {
  const server = createServer((request, response) => answer(folder, request, response));
  return new Promise((settle, fail) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') settle('taken');
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') settle('absent');
      else fail(error);
    });
    server.listen({ port, host }, () => settle(server));
  });
}

/**
 * @param {string} folder
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
function answer(folder, request, response) {
  const file = request.method === 'GET' || request.method === 'HEAD' ? fileFor(folder, request.url ?? '/') : null;
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  if (file === null) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
    response.end('There is no such file in this site.\n');
    return;
  }
  response.writeHead(200, {
    'Content-Type': mediaTypes[extname(file)] ?? 'application/octet-stream',
    'Content-Length': statSync(file).size,
    'Cache-Control': cacheControl(file.slice(resolve(folder).length).split(sep).join('/')),
  });
  if (request.method === 'HEAD') response.end();
  else
    createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response);
}

/** @param {import('node:http').Server} server */
function closeServer(server) {
  server.closeAllConnections();
  return new Promise((settle) => server.close(settle));
}
