// Who may import whom. Everything not named here is refused; docs/adr and CONTRIBUTING.md say why.

/** What any room of the server may use. */
const GROUND = ['config', 'common', 'persistence', 'api-docs'];

/** Server modules and the other modules they may enter, always by the door (`index.ts`). */
const SERVER_MODULES = {
  config: [],
  common: ['config'],
  persistence: ['config', 'common'],
  'api-docs': [],
  market: GROUND,
  cache: [...GROUND, 'market'],
  auth: GROUND,
  once: [...GROUND, 'auth'],
  journal: [...GROUND, 'auth', 'once', 'market', 'cache', 'rules'],
  history: [...GROUND, 'market', 'cache'],
  stream: [...GROUND, 'auth', 'market', 'cache', 'history'],
  rules: [...GROUND, 'auth', 'once', 'market', 'cache', 'history'],
  replay: [...GROUND, 'auth', 'market', 'cache', 'rules'],
  watchlists: [...GROUND, 'market', 'auth', 'once'],
  settings: [...GROUND, 'auth'],
  coach: [...GROUND, 'auth', 'market', 'cache', 'history', 'rules', 'journal'],
  voice: [...GROUND, 'coach', 'auth', 'market'],
  dashboard: GROUND,
};

/** Modules that look into every other one. */
const OVERSEERS = ['health', 'diag', 'audit'];

/** Modules without a door: a handful of files that everybody uses. */
const OPEN_MODULES = ['config', 'common'];

/** Pure libraries, what each may import of the others, and which packages it may use. */
const LIBS = {
  bars: { libs: [], packages: [] },
  calendar: { libs: ['bars'], packages: [] },
  statistics: { libs: [], packages: [] },
  rules: { libs: ['bars', 'calendar', 'statistics'], packages: ['@marcbachmann/cel-js', '@noble/hashes'] },
  journal: { libs: ['bars', 'calendar', 'statistics'], packages: ['papaparse'] },
  contract: { libs: ['bars'], packages: ['zod'] },
  coach: { libs: ['bars', 'calendar'], packages: [] },
};

const TEST_FILES = '(\\.(spec|suite|e2e-spec)\\.ts$)|(/testing/)';
const anyOf = (names) => `(?:${names.join('|')})`;

/** One rule: `from` may not import `to`. */
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const serverModuleRules = Object.entries(SERVER_MODULES).map(([module, mayEnter]) =>
  never(
    `server-${module}`,
    `server/src/${module} may import ${[...mayEnter, 'libs'].join(', ')}, nothing else of the server.`,
    { path: `^server/src/${module}/` },
    { path: '^server/src/', pathNot: `^server/src/${anyOf([module, ...mayEnter])}/` },
  ),
);

const libRules = Object.entries(LIBS).flatMap(([lib, { libs, packages }]) => [
  never(
    `libs-${lib}-directions`,
    `libs/${lib} may import ${libs.length > 0 ? libs.join(', ') : 'no other library'}.`,
    { path: `^libs/${lib}/`, pathNot: TEST_FILES },
    { path: '^(libs|server|client|e2e|bench)/', pathNot: `^libs/${anyOf([lib, ...libs])}/` },
  ),
  never(
    `libs-${lib}-packages`,
    `libs/${lib} runs in server and browser alike: ${packages.length > 0 ? `only ${packages.join(', ')}` : 'no package'}, nothing of Node.`,
    { path: `^libs/${lib}/`, pathNot: TEST_FILES },
    {
      dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
      ...(packages.length > 0 ? { pathNot: `node_modules/${anyOf(packages)}/` } : {}),
    },
  ),
]);

export default {
  forbidden: [
    never(
      'no-circular',
      'With ES modules and decorator metadata a cycle is a crash at start.',
      {},
      { circular: true },
    ),
    never('not-to-unresolvable', 'The import leads nowhere.', {}, { couldNotResolve: true }),
    never(
      'not-to-dev-package',
      'What runs in production needs its package under "dependencies".',
      { path: '^(server/src|libs)/', pathNot: TEST_FILES },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    ),

    ...serverModuleRules,
    never(
      'server-overseers',
      `${OVERSEERS.join(' and ')} look into every module, not into each other or the boot files.`,
      { path: `^server/src/${anyOf(OVERSEERS)}/` },
      { path: '^server/src/[^/]+\\.ts$' },
    ),
    never(
      'server-doors',
      'Another module is entered by its door, index.ts. Only tests may use what stands beside it.',
      { path: '^server/src/([^/]+)/', pathNot: TEST_FILES },
      {
        path: '^server/src/[^/]+/.+',
        pathNot: ['^server/src/$1/', `^server/src/${anyOf(OPEN_MODULES)}/`, '^server/src/[^/]+/index\\.ts$'],
      },
    ),
    never(
      'server-doors-from-boot',
      'The boot files enter modules by their doors as well.',
      { path: '^server/src/[^/]+\\.ts$' },
      {
        path: '^server/src/[^/]+/.+',
        pathNot: [`^server/src/${anyOf(OPEN_MODULES)}/`, '^server/src/[^/]+/index\\.ts$'],
      },
    ),
    never(
      'server-not-through-own-door',
      'Inside a module files import one another directly.',
      { path: '^server/src/([^/]+)/' },
      { path: '^server/src/$1/index\\.ts$' },
    ),
    never(
      'server-alone',
      'The server knows neither client nor tests.',
      { path: '^server/src/' },
      { path: '^(client|e2e|bench|tools)/' },
    ),

    ...libRules,
    never(
      'libs-doors',
      'A library is entered by its door.',
      { path: '^(?!libs/)' },
      { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: TEST_FILES },
    ),
    never(
      'libs-doors-between-libs',
      'A library is entered by its door.',
      { path: '^libs/([^/]+)/', pathNot: TEST_FILES },
      { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: '^libs/$1/' },
    ),
    never(
      'libs-not-through-own-door',
      'Inside a library files import one another directly.',
      { path: '^libs/([^/]+)/', pathNot: TEST_FILES },
      { path: '^libs/$1/src/index\\.ts$' },
    ),

    never(
      'client-alone',
      'The client meets the server only through the contract.',
      { path: '^client/' },
      { path: '^(server|e2e|bench|tools)/' },
    ),
    never(
      'client-contract-types-only',
      'Schemas cost the page 90 kB: the client takes the types of libs/contract and no value.',
      { path: '^client/', pathNot: TEST_FILES },
      { path: '^libs/contract/', dependencyTypesNot: ['type-only'] },
    ),
    never(
      'client-data-access',
      'data-access knows libs/bars, libs/calendar and the types of libs/contract, no part of the page.',
      { path: '^client/src/app/data-access/', pathNot: TEST_FILES },
      { path: '^(client/src/app/(ui|features)/|libs/(?!bars/|calendar/|contract/))' },
    ),
    never(
      'client-ui',
      'ui has inputs and outputs only: no data access, no feature.',
      { path: '^client/src/app/ui/', pathNot: TEST_FILES },
      { path: '^(client/src/app/(data-access|features)/|libs/(?!bars/|contract/))' },
    ),
    never(
      'client-features-apart',
      'A feature knows no other feature.',
      { path: '^client/src/app/features/([^/]+)/' },
      { path: '^client/src/app/features/', pathNot: '^client/src/app/features/$1/' },
    ),

    never(
      'e2e-from-outside',
      'Tests of whole processes see the server as it is put together: app.module, app.setup, the libraries; and the stand-ins of vendors.',
      { path: '^e2e/' },
      {
        path: '^(server|client)/',
        pathNot: '^server/src/(app\\.(module|setup)\\.ts$|(market/feeds|rules/delivery|voice)/testing/)',
      },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|\\.angular)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
