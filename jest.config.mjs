// One runner for everything. `server` covers server and libs (ESM through SWC), `client` the Angular app, `e2e` whole processes.
const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
  },
];

const node = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc },
  moduleNameMapper: {
    '^@libs/(.*)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/bench'],
};

export default {
  // A hang ends here. Not a measure of speed: a busy machine takes its time.
  testTimeout: 300_000,
  projects: [
    { ...node, displayName: 'unit', testMatch: ['<rootDir>/{server,libs}/**/*.spec.ts'] },
    { ...node, displayName: 'e2e', testMatch: ['<rootDir>/e2e/**/*.e2e-spec.ts'] },
    // Not part of npm test: npm run chaos.
    { ...node, displayName: 'chaos', testMatch: ['<rootDir>/e2e/chaos/*.chaos-spec.ts'] },
    '<rootDir>/client',
  ],
};
