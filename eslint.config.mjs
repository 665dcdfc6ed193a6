import js from '@eslint/js';
import angular from 'angular-eslint';
import { defineConfig, globalIgnores } from 'eslint/config';
import { existsSync } from 'node:fs';
import tseslint from 'typescript-eslint';

const TESTS = ['**/*.spec.ts', '**/*.e2e-spec.ts', '**/*.suite.ts', '**/testing/**', 'e2e/**'];

/** Code whose results must be the same at any speed and on any day: time and chance are handed to it. */
const DETERMINISTIC = ['libs/**/*.ts', 'server/src/{market,cache,history,rules,replay}/**/*.ts'];

const clockIsInjected = 'Time comes from the injected Clock (server/src/common/clock.ts).';
const chanceIsInjected = 'Chance comes from a seeded generator, so that the same input gives the same bytes.';
const settingsAreValidated = 'Settings are read once, by server/src/config; inject ENV.';

const noClockOrChance = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clockIsInjected },
  { selector: "CallExpression[callee.name='Date']", message: clockIsInjected },
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: clockIsInjected,
  },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: chanceIsInjected },
  { selector: "MemberExpression[property.name='randomUUID']", message: chanceIsInjected },
];
const noEnvironment = [
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: settingsAreValidated },
];
const noRawMarkup = [
  {
    selector:
      'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML|bypassSecurityTrust.*)$/]',
    message: 'Text from outside is shown as text.',
  },
];

const timers = ['setTimeout', 'setInterval', 'performance'];
const clockGlobals = timers.map((name) => ({ name, message: clockIsInjected }));
const timerModules = ['node:timers', 'node:timers/promises', 'timers', 'timers/promises'];
// setImmediate only gives way to the event loop, and randomBytes makes identities: neither can change a result.
const clockImports = {
  paths: [
    ...timerModules.map((name) => ({
      name,
      importNames: ['setTimeout', 'setInterval', 'scheduler'],
      message: clockIsInjected,
    })),
    ...['node:perf_hooks', 'perf_hooks'].map((name) => ({
      name,
      importNames: ['performance'],
      message: clockIsInjected,
    })),
    { name: 'node:crypto', importNames: ['randomUUID', 'randomInt'], message: chanceIsInjected },
  ],
};

const nodeGlobals = Object.fromEntries(
  [
    ...[
      'process',
      'console',
      'Buffer',
      'URL',
      'fetch',
      'AbortController',
      'AbortSignal',
      'TextDecoder',
      'TextEncoder',
    ],
    ...[
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'performance',
      'structuredClone',
    ],
  ].map((name) => [name, 'readonly']),
);

// One program for server, libs and e2e, one for the client: faster in a single run than asking file by file.
const clientProgram = ['client/tsconfig.spec.json', 'client/tsconfig.json'].find((file) => existsSync(file));
const programs = ['tsconfig.json', ...(clientProgram ? [clientProgram] : [])];

export default defineConfig(
  globalIgnores([
    '**/node_modules/',
    '**/dist/',
    '**/coverage/',
    '**/.angular/',
    '.data/',
    'bench/results/',
    'e2e/data/',
    'client/public/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,

  {
    name: 'plain Node scripts',
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: nodeGlobals },
    rules: { eqeqeq: 'error', 'prefer-const': 'error', 'no-var': 'error' },
  },

  {
    name: 'TypeScript, checked with types',
    files: ['{server,libs,client,e2e}/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: programs, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // Nest modules and Angular components are classes with nothing but a decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      // Reading a column in range is written `column[row] as number`: a claim about the column, which "!" would hide.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // Nest declares its option bags as classes and documents passing object literals.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
    },
  },

  {
    name: 'the server reads no environment',
    files: ['server/src/**/*.ts', 'libs/**/*.ts'],
    ignores: [
      'server/src/config/**',
      'server/src/main.ts',
      'server/src/persistence/database-command.ts',
      ...TESTS,
    ],
    rules: { 'no-console': 'error', 'no-restricted-syntax': ['error', ...noEnvironment] },
  },
  {
    name: 'deterministic code knows neither clock nor chance',
    files: DETERMINISTIC,
    ignores: TESTS,
    rules: {
      'no-restricted-globals': ['error', ...clockGlobals],
      'no-restricted-imports': ['error', clockImports],
      'no-restricted-syntax': ['error', ...noEnvironment, ...noClockOrChance],
    },
  },

  {
    name: 'tests',
    files: TESTS,
    extends: [tseslint.configs.base],
    rules: {
      // Assertions take method references and answers of unknown shape.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name=/^(it|test|describe)$/][property.name='only']",
          message: 'Would switch all other tests off.',
        },
      ],
    },
  },

  {
    name: 'the client',
    files: ['client/**/*.ts'],
    extends: [angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
    rules: { 'no-console': 'error', 'no-restricted-syntax': ['error', ...noRawMarkup] },
  },
  {
    name: 'templates of the client',
    files: ['client/**/*.html'],
    ignores: ['client/src/index.html'],
    extends: [angular.configs.templateRecommended, angular.configs.templateAccessibility],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'BoundAttribute[name=/^(innerHTML|outerHTML|srcdoc)$/i]',
          message: 'Text from outside is shown as text.',
        },
      ],
    },
  },
);
