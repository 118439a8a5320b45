/** `npm start`: installs what is missing, serves the designer on this machine, and opens an example in the browser. */
import { requireNode } from './nodeVersion.js';

requireNode();

// Loaded only now, so that an old Node reads the sentence above and not a syntax error.
const { installIfMissing } = await import('./install.js');
installIfMissing();
const { buildSiteIfStale } = await import('./freshBuild.js');
await buildSiteIfStale();
const { serveSite } = await import('./siteServer.js');
const { inProject } = await import('./project.js');
const { openInBrowser } = await import('./openInBrowser.js');

const site = await serveSite({ folder: inProject('dist'), port: Number(process.env.PORT || 5173) });
const example = `${site.url}?example=purchase`;
console.log(`\nLogjam is at ${site.url}\nAn example: ${example}\nStop it with Ctrl-C.`);
openInBrowser(example);

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void site.close().then(() => process.exit(0)));
