import type { KnipConfig } from 'knip';

/** Where programs begin; whatever cannot be reached from here is unused. Tests are found by themselves. */
export default {
  entry: [
    'src/editor/main.tsx',
    'src/cli/main.ts',
    'src/workers/*Worker.ts',
    'bench/{run,soak}.ts',
    'conformance/run.ts',
    'scripts/{start,test,preview,logjam}.js',
    'scripts/serviceWorker.js',
  ],
  project: ['{src,bench,conformance,e2e,scripts}/**/*.{ts,tsx,js}', '*.{ts,js,cjs}'],
  ignoreExportsUsedInFile: true,
} satisfies KnipConfig;
