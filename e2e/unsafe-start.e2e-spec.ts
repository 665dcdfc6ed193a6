import { describe, expect, test } from '@jest/globals';
import { LOCKED, ORIGIN } from './kit/locked-desk.js';
import { runToEnd, type Settings } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';

const WRONG_SETTINGS = 78;

describe('S-AU1, S-SC1: a start that would not be safe', () => {
  const refused: [title: string, settings: Settings, line: RegExp][] = [
    ['a short PIN', { APP_PIN: '4829' }, /^Wrong setting: APP_PIN: must have at least 6 characters$/],
    ['a listed PIN', { APP_PIN: 'password1' }, /^Wrong setting: APP_PIN: is on the lists/],
    ['a row', { APP_PIN: '123456' }, /^Wrong setting: APP_PIN: must not be a row/],
    ['a repeat', { APP_PIN: '484848' }, /^Wrong setting: APP_PIN: /],
    ['a date', { APP_PIN: '19840131' }, /^Wrong setting: APP_PIN: must not be a date/],
    [
      'a PIN too short for a public name',
      { APP_PIN: '482957', APP_ORIGIN: ORIGIN },
      /^Wrong setting: APP_PIN: must have at least 8 characters$/,
    ],
    ['the network without a PIN', { HOST: '0.0.0.0' }, /^Wrong setting: HOST=0\.0\.0\.0: .*set APP_PIN/],
    [
      'production without a secret',
      { NODE_ENV: 'production' },
      /^Wrong setting: SESSION_SECRET: must be set/,
    ],
    [
      'a short secret',
      { ...LOCKED, SESSION_SECRET: 'short-secret' },
      /^Wrong setting: SESSION_SECRET: must have at least 32 bytes$/,
    ],
    [
      'a secret that is none',
      { ...LOCKED, SESSION_SECRET: 'ab'.repeat(20) },
      /^Wrong setting: SESSION_SECRET: must be random/,
    ],
    ['a short token', { METRICS_TOKEN: 'abc' }, /^Wrong setting: METRICS_TOKEN: must have at least 32 bytes/],
    [
      'an origin that is none',
      { APP_ORIGIN: 'desk.example' },
      /^Wrong setting: APP_ORIGIN=desk\.example: must be origins/,
    ],
    ['any origin', { ADMIN_ORIGIN: '*' }, /^Wrong setting: ADMIN_ORIGIN=\*: must be origins/],
    ['every proxy', { TRUST_PROXY: 'true' }, /^Wrong setting: TRUST_PROXY=true: must be a whole number/],
    [
      'a network that is none',
      { METRICS_ALLOW: '10.0.0.0/99' },
      /^Wrong setting: METRICS_ALLOW=.*no network/,
    ],
  ];
  test.each(refused)('%s: exit code 78, one line, no secret', async (_title, settings, line) => {
    const ended = await runToEnd({ DATA_DIR: await makeTempDir('unsafe'), ...settings });
    expect([ended.code, ended.stderr.trimEnd().split('\n')]).toEqual([
      WRONG_SETTINGS,
      [expect.stringMatching(line)],
    ]);
    for (const name of ['APP_PIN', 'SESSION_SECRET', 'METRICS_TOKEN']) {
      const value = settings[name];
      if (value !== undefined) expect(ended.stderr + ended.stdout).not.toContain(value);
    }
  });
});
