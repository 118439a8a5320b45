/**
 * Who may import whom. Default-deny: each folder lists what it may import, everything else is a violation, and a folder that is not listed
 * is one too. Type imports count. `because` says what a violation means.
 */

/** The engine's front: what the engine shows to those outside. */
const engineFront = '^src/engine/[^/]+\\.ts$';
const testFile = '\\.test\\.tsx?$';
/** Packages of tests, allowed to test files beside what their folder may import. esbuild: a test that kills a program builds it first. */
const testPackages = ['vitest', 'fast-check', '@vitest/browser', '@vitest/browser-playwright', 'axe-core', 'esbuild', 'node:'];

/** @typedef {{ folder: string, may: string[], packages?: string[], because: string }} Layer `may` holds path patterns. */

/** @type {Layer[]} */
const layers = [
  {
    folder: 'src/pipeline',
    may: [],
    packages: ['zod'],
    because:
      'The document is pure data that everything else reads. If it imported anything of ours, no part could be understood, tested or reused without that.',
  },
  {
    folder: 'src/sql',
    may: [],
    because:
      'SQL is read, typed and computed on plain values. Needing a run or a document, it could not be measured against what ksqlDB itself gives.',
  },
  {
    folder: 'src/streams',
    may: ['src/pipeline', 'src/sql'],
    because:
      "What a document's stream processors are is told from the document and SQL alone. Needing a run or a screen, the editor, exports and the engine could not all go by it.",
  },
  {
    folder: 'src/engine',
    may: ['src/pipeline', 'src/sql', 'src/streams'],
    because:
      'The engine must give the same bytes in every place that runs it. An import from outside brings real time, storage, the screen or a foreign order of things into it.',
  },
  {
    folder: 'src/interchange',
    may: ['src/pipeline', 'src/sql', 'src/streams'],
    packages: ['yaml', 'fflate'],
    because: 'Exports and imports are functions from a document to files and back. Needing a run or a screen would tie them to one host.',
  },
  {
    folder: 'src/workers',
    may: ['src/engine', 'src/pipeline', 'src/sql', 'src/streams'],
    packages: ['comlink', 'fflate', 'idb'],
    because:
      'Workers host the engine and its storage. Needing the editor or its database would make a run depend on what is on the screen.',
  },
  {
    folder: 'src/persistence',
    may: ['src/pipeline'],
    packages: ['idb'],
    because: "The documents' database knows documents only. Runs have a storage of their own, in the worker.",
  },
  {
    folder: 'src/cli',
    may: ['src/engine', 'src/pipeline', 'src/sql', 'src/streams', 'src/interchange'],
    packages: ['commander', 'fflate', 'node:'],
    because: 'The command line is the engine without a browser. An import from the editor or a worker would need one.',
  },
  {
    folder: 'src/editor',
    may: [
      'src/pipeline',
      'src/sql',
      'src/streams',
      'src/interchange',
      'src/persistence',
      'src/workers/(protocol|frameFields|client[A-Za-z]*)\\.ts$',
    ],
    packages: [
      '@codemirror/autocomplete',
      '@codemirror/commands',
      '@codemirror/lint',
      '@codemirror/state',
      '@codemirror/view',
      '@xyflow/react',
      'cmdk',
      'comlink',
      'elkjs',
      'fflate',
      'idb',
      'lucide-react',
      'papaparse',
      'radix-ui',
      'react',
      'react-dom',
      'react-resizable-panels',
      'uplot',
      'zustand',
    ],
    because:
      'The editor speaks to a run through the protocol only. An import of the engine would run simulation code on the thread that draws, and let the screen reach into its state.',
  },
];

/**
 * Inside the engine each layer may import the layers below it: kernel, log, cluster, broker, clients and group, process, run.
 * @type {{ folder: string, may: string[], because: string }[]}
 */
const engineLayers = [
  {
    folder: 'kernel',
    may: [],
    because: 'The kernel knows time, chance and order, and nothing of Kafka; it is what makes every other layer repeatable.',
  },
  {
    folder: 'log',
    may: ['kernel'],
    because: 'A log holds batches and deletes segments. Who writes to it or reads from it is not its business.',
  },
  {
    folder: 'ledger',
    may: ['kernel', 'measures', 'log'],
    because: 'The ledger keeps what those above tell it of records. Knowing who tells, it could not be told by all of them.',
  },
  {
    folder: 'cluster',
    may: ['kernel', 'log'],
    because:
      'The rules of replicas, leaders and quotas are decided from plain figures. Knowing requests and queues would tie them to one way of running them.',
  },
  {
    folder: 'broker',
    may: ['kernel', 'log', 'ledger', 'cluster'],
    because: 'A broker answers requests. Knowing its clients would make answers depend on who asks.',
  },
  {
    folder: 'transactions',
    may: ['kernel', 'log', 'ledger', 'cluster', 'broker'],
    because: 'A coordinator of transactions lives on a broker and knows producers by their requests only.',
  },
  {
    folder: 'workload',
    may: ['kernel', 'log', 'ledger', 'broker'],
    because: 'A workload says when which record arises; it does not know what becomes of it.',
  },
  {
    folder: 'values',
    may: ['kernel', 'log', 'ledger', 'broker', 'workload'],
    because: 'Values are made from what the workload says and read from records; they know no client.',
  },
  {
    folder: 'group',
    may: ['kernel', 'log', 'ledger', 'broker', 'workload'],
    because: "The group's coordinator lives on a broker and knows members by their requests only.",
  },
  {
    folder: 'share',
    may: ['kernel', 'log', 'ledger', 'broker', 'group', 'consumer'],
    because:
      'The leader of a share partition lives on a broker and knows members by their requests; what applications do with records is above it.',
  },
  {
    folder: 'producer',
    may: ['kernel', 'log', 'ledger', 'broker', 'transactions', 'workload', 'values'],
    because: 'A producer reaches the log through a broker; it does not know who reads.',
  },
  {
    folder: 'consumer',
    may: ['kernel', 'log', 'ledger', 'broker', 'transactions', 'group', 'values'],
    because:
      'A consumer reaches the log through a broker and its group through the coordinator, who asks that of a transaction; it does not know who writes.',
  },
  {
    folder: 'measures',
    may: ['kernel'],
    because: 'A measure counts and sums what it is given; it knows no part of the engine it is kept by.',
  },
  {
    folder: 'streams',
    may: ['kernel', 'log', 'broker', 'workload', 'values', 'consumer'],
    because:
      'What a task of a stream processor is, holds and makes of a record follows from its topology and its records. When it is polled, restored and committed is above it.',
  },
  {
    folder: 'process',
    may: [
      'kernel',
      'measures',
      'log',
      'ledger',
      'broker',
      'transactions',
      'group',
      'share',
      'workload',
      'values',
      'producer',
      'consumer',
      'streams',
    ],
    because: 'A processor is a consumer and a producer with work between them; a run, its faults and its figures are above it.',
  },
  {
    folder: 'faults',
    may: ['kernel', 'log', 'ledger', 'broker', 'group', 'workload', 'values', 'producer', 'consumer', 'process'],
    because: 'Faults act on what runs, from outside; nothing that runs may know that it is a fault that changed it.',
  },
  {
    folder: 'checks',
    may: ['kernel'],
    observer: true,
    because:
      'A checker judges what clients did and saw. Knowing the engine that it judges, it would share its mistakes; known to it, it could steer it.',
  },
  { folder: 'metrics', may: ['.*'], observer: true, because: 'Metrics observe.' },
  { folder: 'report', may: ['.*'], observer: true, because: 'The report observes.' },
  { folder: 'run', may: ['.*'], because: 'The run puts all layers together.' },
];

const escape = (/** @type {string} */ text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const packagePattern = (/** @type {string} */ name) => (name === 'node:' ? '^node:' : `(^|/)node_modules/(@types/)?${escape(name)}/`);
const builtins =
  '^(node:)?(assert|buffer|child_process|crypto|events|fs|http|module|net|os|path|perf_hooks|process|stream|url|util|v8|worker_threads|zlib)(/|$)';

/** Everything that a folder may import: itself, the folders below it, its packages. */
function allowedFor(/** @type {Layer} */ { folder, may, packages = [] }, /** @type {string[]} */ more = []) {
  const names = [...packages, ...more];
  const paths = [folder, ...may].map((path) => (path.endsWith('$') ? `^${path}` : `^${path}/`));
  return [...paths, ...names.filter((name) => name !== 'node:').map(packagePattern), ...(names.includes('node:') ? [builtins] : [])];
}

const betweenFolders = layers.flatMap((layer) => [
  {
    name: `${layer.folder}-imports`,
    comment: layer.because,
    severity: 'error',
    from: { path: `^${layer.folder}/`, pathNot: testFile },
    to: { pathNot: allowedFor(layer), couldNotResolve: false },
  },
  {
    name: `${layer.folder}-tests-import`,
    comment: `${layer.because} Its tests keep to the same, with the test packages on top.`,
    severity: 'error',
    from: { path: `^${layer.folder}/.*${testFile}` },
    to: { pathNot: allowedFor(layer, testPackages), couldNotResolve: false },
  },
]);

const insideEngine = engineLayers
  .filter(({ may }) => !may.includes('.*'))
  .map(({ folder, may, because }) => ({
    name: `engine-${folder}-imports`,
    comment: because,
    severity: 'error',
    from: { path: `^src/engine/${folder}/`, pathNot: testFile },
    to: { path: '^src/engine/', pathNot: [folder, ...may].map((name) => `^src/engine/${name}/`) },
  }));

const observers = engineLayers.filter(({ observer }) => observer).map(({ folder }) => folder);

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment:
        'Modules in a cycle can only be loaded, tested and moved together. (A context type and the functions that take it may name each other within one folder.)',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'The import names a file or package that does not exist.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-package-outside-package-json',
      comment: 'The package is here only because another one brought it; it may be gone with the next install.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-folder-without-rule',
      comment: 'A new folder of src needs its entry in the list of layers, with what it may import and why.',
      severity: 'error',
      from: { path: '^src/', pathNot: layers.map(({ folder }) => `^${folder}/`) },
      to: {},
    },
    {
      name: 'no-engine-folder-without-rule',
      comment: 'A new folder of the engine needs its entry in the list of engine layers, with what it may import and why.',
      severity: 'error',
      from: { path: '^src/engine/', pathNot: [testFile, engineFront, ...engineLayers.map(({ folder }) => `^src/engine/${folder}/`)] },
      to: {},
    },
    {
      name: 'engine-front-is-for-others',
      comment:
        'The files directly in src/engine are what workers and the command line see. A layer that imported them would depend on all layers above it.',
      severity: 'error',
      from: { path: '^src/engine/[^/]+/', pathNot: testFile },
      to: { path: engineFront },
    },
    {
      name: 'engine-observers-never-steer',
      comment: 'Metrics and reports observe. Were they imported by what runs, a figure could change the run that it measures.',
      severity: 'error',
      from: { path: '^src/engine/', pathNot: [testFile, engineFront, ...[...observers, 'run'].map((name) => `^src/engine/${name}/`)] },
      to: { path: observers.map((name) => `^src/engine/${name}/`) },
    },
    {
      name: 'schedules-are-for-tests',
      comment: 'Random designs, schedules and their judges are for tests and the soak. In a product they would be code that nobody runs.',
      severity: 'error',
      from: { path: '^src/', pathNot: [testFile, '^src/engine/run/schedules/'] },
      to: { path: '^src/engine/run/schedules/' },
    },
    {
      name: 'graph-library-in-canvas-only',
      comment: "React Flow's next major version changes its types; kept in one folder, the move is one folder's work.",
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/editor/canvas/' },
      to: { path: packagePattern('@xyflow/react') },
    },
    ...betweenFolders,
    ...insideEngine,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default', 'browser'],
      extensions: ['.ts', '.tsx', '.js', '.css', '.json'],
    },
  },
};
