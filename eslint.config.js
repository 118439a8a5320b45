import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
// @ts-expect-error This plugin comes without types.
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const tests = ['**/*.test.{ts,tsx,js}'];

const defaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports only: a thing has one name everywhere.',
};

/** Whatever differs between two runs of the same document. */
const realWorld = [
  ...[
    ['Math', 'random', 'Draw from a named random stream of the kernel.'],
    ['Date', 'now', 'Take the virtual clock.'],
    ['performance', 'now', 'Take the virtual clock.'],
    ['crypto', 'getRandomValues', 'Draw from a named random stream of the kernel.'],
  ].map(([object, property, remedy]) => ({
    selector: `MemberExpression[object.name='${object}'][property.name='${property}']`,
    message: `${object}.${property} differs from run to run. ${remedy}`,
  })),
  {
    selector: "NewExpression[callee.name='Date']",
    message: 'Dates depend on the clock and the zone of the machine. Take integer microseconds.',
  },
  {
    selector: 'CallExpression[callee.name=/^(setTimeout|setInterval|queueMicrotask)$/]',
    message: 'The engine is synchronous: schedule an event.',
  },
  {
    selector: "MemberExpression[property.name='localeCompare']",
    message: 'localeCompare depends on the language of the machine. Compare with < and >.',
  },
];

const inexactMathematics = {
  selector:
    "MemberExpression[object.name='Math'][property.name=/^(log|log2|log10|log1p|exp|expm1|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot)$/]",
  message: 'Its result is left to the JavaScript engine and may differ in the last bit. Use kernel/mathematics.ts.',
};
/** Powers of two are exact everywhere. */
const powerOperator = {
  selector: "BinaryExpression[operator='**']:not([left.value=2])",
  message: 'As Math.pow: its result may differ between JavaScript engines.',
};

export default defineConfig(
  globalIgnores(['dist/', '.cache/', 'coverage/', 'test-results/', 'playwright-report/', 'bench/results/']),
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // The compiler finds unknown names, and unused ones with more insight.
      'no-undef': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', defaultExport],
      'max-lines': ['error', { max: 500 }],
    },
  },
  {
    files: ['{src,bench,conformance,e2e}/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['src/{engine,pipeline,sql}/**/*.ts'],
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', defaultExport, ...realWorld] },
  },
  {
    files: ['src/{engine,sql}/**/*.ts'],
    ignores: [...tests, 'src/engine/kernel/mathematics.ts'],
    rules: { 'no-restricted-syntax': ['error', defaultExport, ...realWorld, inexactMathematics, powerOperator] },
  },
  {
    files: ['src/editor/**/*.{ts,tsx}'],
    extends: [jsxA11y.flatConfigs.recommended, reactHooks.configs.flat.recommended],
  },
  {
    // The tools that read these files ask for a default export.
    files: ['*.config.{ts,js}'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
    languageOptions: { parserOptions: { projectService: false } },
  },
);
