/** `npm run preview`: serves `dist/` with the headers of a real host. `--port N` takes exactly that port, `--build` builds first when stale. */
import { parseArgs } from 'node:util';
import { buildSiteIfStale } from './freshBuild.js';
import { inProject } from './project.js';
import { serveSite } from './siteServer.js';

const { values } = parseArgs({ options: { port: { type: 'string' }, build: { type: 'boolean', default: false } } });
if (values.build) await buildSiteIfStale();
const site = await serveSite({ folder: inProject('dist'), port: Number(values.port ?? 4173), strictPort: values.port !== undefined });
console.log(`Serving dist/ at ${site.url}`);

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void site.close().then(() => process.exit(0)));
