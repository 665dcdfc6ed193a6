import { describe, expect, test } from '@jest/globals';
import { demandNoSecretIn, noteSecret, noteSecretsIn } from './kit/secrets.js';

describe('S-LO2, S-SC2: every log of a test run is searched for the secrets of that run', () => {
  noteSecretsIn({
    APP_PIN: 'tulip-river-9',
    DATABASE_URL: 'postgres://desk:pass-of-desk@127.0.0.1/desk',
    LOG_LEVEL: 'debugging',
  });
  noteSecret('a cookie', 'st_sid_0123456789');

  test.each(['login with tulip-river-9', '{"url":"postgres://desk:pass-of-desk@x"}', 'st_sid_0123456789'])(
    'one that holds a secret fails the test, without telling it: %s',
    (log) => {
      expect(() => {
        demandNoSecretIn(log, 'a server');
      }).toThrow(/^the log of a server holds a secret, .*\*\*\*/);
    },
  );

  test.each(['', 'debugging', 'desk at 127.0.0.1', 'tulip-river'])('one without passes: "%s"', (log) => {
    expect(() => {
      demandNoSecretIn(log, 'a server');
    }).not.toThrow();
  });
});
