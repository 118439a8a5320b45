/**
 * Keeps the designer usable without a network after the first visit. The build puts `self.precache = { version, files }` before this
 * text and writes it to `dist/sw.js`; see offline.js.
 *
 * Files are served from the cache first: their names carry their hash, so what is cached is never stale. The page itself is asked of the
 * network first, so that a new version is seen at once and another site on the same localhost port is never hidden by this one. A new
 * version's worker waits until the old version's tabs are closed, so that an open tab never loses files it has still to load.
 */

/** @typedef {{ version: string, files: string[] }} Precache `files` are relative to the worker's scope; the page is `./`. */

const worker = /** @type {ServiceWorkerGlobalScope & { precache: Precache }} */ (/** @type {unknown} */ (self));
const cachesOfThisSite = `logjam ${worker.registration.scope} `;
const cacheName = cachesOfThisSite + worker.precache.version;

worker.addEventListener('install', (event) => event.waitUntil(fillCache()));
worker.addEventListener('activate', (event) => event.waitUntil(dropOldCaches()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(worker.registration.scope)) return;
  event.respondWith(request.mode === 'navigate' ? page(request) : file(request));
});

async function fillCache() {
  const cache = await caches.open(cacheName);
  await cache.addAll(worker.precache.files.map((path) => new Request(path, { cache: 'reload' })));
}

async function dropOldCaches() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(cachesOfThisSite) && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function page(request) {
  try {
    return await fetch(request);
  } catch (failure) {
    const cached = await caches.match(worker.registration.scope, { cacheName });
    if (cached !== undefined) return cached;
    throw failure;
  }
}

/** @param {Request} request */
async function file(request) {
  return (await caches.match(request, { cacheName })) ?? fetch(request);
}
