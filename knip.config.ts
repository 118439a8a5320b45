import type { KnipConfig } from 'knip';

/** Where programs begin; whatever cannot be reached from here is unused. Tests are found by themselves. */
export default {
  entry: [
    'src/cli/main.ts',
    'src/editor/theme/{constructedStyles,styleModules}.ts',
    'src/workers/*Worker.ts',
    'bench/{run,soak}.ts',
    'bench/node/suite.ts',
    'bench/pages/{live,naive,idle,storage,rawPuts}.{ts,tsx}',
    'scripts/{start,test,preview,logjam,serviceWorker}.js',
  ],
  // constructedStyles.ts and styleModules.ts are entered by aliases of vite.config.ts.
  project: ['{src,bench,conformance,e2e,scripts}/**/*.{ts,tsx,js}', '*.{ts,js,cjs}'],
  // Fetch and run Kafka's own tools; where they are missing, that is said.
  ignoreBinaries: ['java', 'mvn'],
  ignoreExportsUsedInFile: true,
} satisfies KnipConfig;
