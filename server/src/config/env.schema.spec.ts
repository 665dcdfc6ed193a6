import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { envSchema, parseEnv, SECRET_SETTINGS, SettingsError } from './env.schema.js';

/** The lines a person would read, or what came of the settings. */
function faultsOf(settings: Record<string, string>): readonly string[] {
  try {
    parseEnv(settings);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof SettingsError)) throw thrown;
    return thrown.faults;
  }
}

describe('settings that are taken', () => {
  it('none at all', () => {
    expect(parseEnv({})).toMatchObject({
      PORT: 8_080,
      HOST: '127.0.0.1',
      DATA_DIR: '.data',
      FEED: 'auto',
      FEED_SPEED: 1,
      RING_BUFFER_CAP: 5_000,
      MICROBAR_MS: 250,
      BAR_GRACE_MS: 1_000,
      SSE_HEARTBEAT_MS: 10_000,
      SSE_BUFFER_CAP: 1_000,
      FF_SSE_TICKS: false,
    });
  });

  it.each([
    [{ PORT: '0' }, { PORT: 0 }],
    [{ PORT: ' 8081 ' }, { PORT: 8_081 }],
    [{ PORT: '' }, { PORT: 8_080 }],
    [{ HOST: 'localhost' }, { HOST: 'localhost' }],
    [{ HOST: '127.0.0.2' }, { HOST: '127.0.0.2' }],
    [{ HOST: '::1' }, { HOST: '::1' }],
    [{ FEED: 'Simulator' }, { FEED: 'simulator' }],
    [
      { FEED: 'file', FEED_FILES: 'a.csv.gz, b/*.gz,,' },
      { FEED: 'file', FEED_FILES: ['a.csv.gz', 'b/*.gz'] },
    ],
    [{ FEED_SPEED: 'max' }, { FEED_SPEED: 'max' }],
    [{ FEED_SPEED: '0.1' }, { FEED_SPEED: 0.1 }],
    [{ SYMBOLS: 'spy, btc-usd' }, { SYMBOLS: ['SPY', 'BTC-USD'] }],
    [{ FF_SSE_TICKS: 'ON' }, { FF_SSE_TICKS: true }],
    [{ DATABASE_URL: 'postgresql://desk@db/desk' }, { DATABASE_URL: 'postgresql://desk@db/desk' }],
    [{ SOMETHING_ELSE: 'x' }, {}],
  ])('%j', (given, expected) => {
    const env = parseEnv(given);
    expect(env).toMatchObject(expected);
    expect(env).not.toHaveProperty('SOMETHING_ELSE');
  });
});

describe('settings that are refused, one readable line a fault', () => {
  it.each<[Record<string, string>, string]>([
    [{ PORT: 'http' }, 'PORT=http: must be a whole number'],
    [{ PORT: '80.5' }, 'PORT=80.5: must be a whole number'],
    [{ PORT: '-1' }, 'PORT=-1: must be a whole number'],
    [{ PORT: '1e3' }, 'PORT=1e3: must be a whole number'],
    [{ PORT: '65536' }, 'PORT=65536: must be at most 65535'],
    [{ PORT: '99999999999999999999' }, 'PORT=99999999999999999999: must be at most 65535'],
    [{ RING_BUFFER_CAP: '99' }, 'RING_BUFFER_CAP=99: must be at least 100'],
    [
      { HOST: '0.0.0.0' },
      'HOST=0.0.0.0: would open the desk to the network without a login; set APP_PIN, or use 127.0.0.1',
    ],
    [
      { HOST: '::' },
      'HOST=::: would open the desk to the network without a login; set APP_PIN, or use 127.0.0.1',
    ],
    [
      { HOST: '127.0.0.1.evil.example' },
      'HOST=127.0.0.1.evil.example: would open the desk to the network without a login; set APP_PIN, or use 127.0.0.1',
    ],
    [{ FEED: 'reuters' }, 'FEED=reuters: must be one of auto, massive, coinbase, kraken, file, simulator'],
    [{ FEED: 'file' }, 'FEED_FILES: must name at least one trade file when FEED=file'],
    [{ FEED: 'file', FEED_FILES: ' , ' }, 'FEED_FILES: must name at least one trade file when FEED=file'],
    [{ FEED_SPEED: 'fast' }, 'FEED_SPEED=fast: must be max or a number from 0.1 to 100000'],
    [{ FEED_SPEED: '0' }, 'FEED_SPEED=0: must be max or a number from 0.1 to 100000'],
    [{ FEED_SPEED: '0x10' }, 'FEED_SPEED=0x10: must be max or a number from 0.1 to 100000'],
    [{ FEED_SPEED: 'Infinity' }, 'FEED_SPEED=Infinity: must be max or a number from 0.1 to 100000'],
    [{ SYMBOLS: ',' }, 'SYMBOLS=,: names no symbol'],
    [{ SYMBOLS: 'SPY,spy' }, 'SYMBOLS=SPY,spy: names a symbol twice'],
    [{ SYMBOLS: 'SPY,1X,$$' }, 'SYMBOLS=SPY,1X,$$: holds a name that is not a symbol'],
    [{ FF_SSE_TICKS: 'yes' }, 'FF_SSE_TICKS=yes: must be on or off'],
    [{ DATABASE_URL: 'hunter2' }, 'DATABASE_URL: must look like postgres://user:password@host:5432/name'],
    [{ FEED: 'massive' }, 'MASSIVE_API_KEY: must be set when FEED=massive'],
    [{ FEED: 'massive', MASSIVE_API_KEY: 'two words' }, 'MASSIVE_API_KEY: must be one word without spaces'],
    [{ COINBASE_WS_URL: 'https://x' }, 'COINBASE_WS_URL=https://x: must look like wss://host/path'],
  ])('%j', (settings, fault) => {
    expect(faultsOf(settings)).toEqual([fault]);
  });

  it.each([
    ['NODE_ENV', 'prod'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s is told with what may stand there', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${name}=${value}: .*"`)),
    ]);
  });

  it('all of them at once', () => {
    const faults = faultsOf({ PORT: 'x', FEED: 'y', FEED_SPEED: 'z', MICROBAR_MS: '1' });
    expect(faults.map((fault) => fault.split('=')[0])).toEqual(['PORT', 'FEED', 'FEED_SPEED', 'MICROBAR_MS']);
  });

  it('never with the value of a secret, whatever it is and whatever is wrong with it', () => {
    const secrets = fc.string({ minLength: 6 }).filter((text) => text.trim().length >= 6);
    fc.assert(
      fc.property(secrets, (secret) => {
        for (const url of [secret, `mysql://desk:${secret}@db/desk`]) {
          const text = faultsOf({ DATABASE_URL: url, PORT: 'x' }).join('\n');
          expect(text).toContain('PORT=x');
          expect(text.replace(/must look like \S+/, '')).not.toContain(secret.trim());
        }
      }),
    );
    expect([...SECRET_SETTINGS].every((name) => name in envSchema.shape)).toBe(true);
  });

  it('each on one line, whatever stands in the setting', () => {
    for (const fault of faultsOf({ FEED: 'a\nb', PORT: '1\r\n2' })) expect(fault).not.toMatch(/[\r\n]/);
  });
});
