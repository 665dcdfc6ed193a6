import presets from 'jest-preset-angular/presets/index.js';

/** Specs of the dashboard: Angular without zones, in a DOM that has neither a canvas nor an EventSource. */
export default {
  ...presets.createEsmPreset({ tsconfig: '<rootDir>/tsconfig.spec.json' }),
  displayName: 'client',
  setupFilesAfterEnv: ['<rootDir>/jest.setup.mjs'],
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  moduleNameMapper: {
    '^@libs/(.*)$': '<rootDir>/../libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};
