/** Settings whose whole value must never be told. */
const SECRET_SETTINGS = [
  'APP_PIN',
  'SESSION_SECRET',
  'METRICS_TOKEN',
  'MASSIVE_API_KEY',
  'POLYGON_API_KEY',
  'OPENAI_API_KEY',
];
/** Settings that may hold a password: `scheme://name:password@host`. */
const URL_SETTINGS = ['DATABASE_URL', 'REDIS_URL'];
/** Shorter ones would be found in numbers and words by chance. */
const SHORTEST = 8;
/** Of what is shown of a place in a log, each side. */
const SHOWN = 80;

const used = new Map<string, string>();

/** Remembers something no log of this spec file may ever hold: a cookie, a token, a wrong PIN. */
export function noteSecret(what: string, secret: string): void {
  if (secret.length >= SHORTEST) used.set(secret, what);
}

/** Remembers the secrets among the settings of a server. */
export function noteSecretsIn(settings: Readonly<Record<string, string>>): void {
  for (const name of SECRET_SETTINGS) noteSecret(name, settings[name] ?? '');
  for (const name of URL_SETTINGS) {
    const password = settings[name]?.match(/^\w+:\/\/[^/@]*:([^/@]+)@/)?.[1];
    noteSecret(`the password in ${name}`, password ?? '');
  }
}

/** Throws where a log holds any secret noted so far, with the place, the secret left out. */
export function demandNoSecretIn(log: string, whose: string): void {
  for (const [secret, what] of used) {
    const at = log.indexOf(secret);
    if (at === -1) continue;
    const around = log.slice(Math.max(0, at - SHOWN), at + secret.length + SHOWN).replaceAll(secret, '***');
    throw new Error(`the log of ${whose} holds a secret, ${what}: ...${around}...`);
  }
}
