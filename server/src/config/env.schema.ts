import { SYMBOL_PATTERN } from '@libs/contract';
import * as z from 'zod';
import { blockList, placeOf } from './network-place.js';
import { PIN_MIN_PRIVATE, PIN_MIN_PUBLIC, weaknessOf } from './pin-strength.js';

/** Feeds that can be asked for by name; `polygon` is the earlier name of `massive`. */
export const FEED_NAMES = ['auto', 'massive', 'coinbase', 'kraken', 'file', 'simulator'] as const;

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

const onOff = z
  .string()
  .regex(/^(on|off)$/i, 'must be on or off')
  .transform((text) => text.toLowerCase() === 'on');

const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const symbolList = commaList
  .transform((parts) => parts.map((part) => part.toUpperCase()))
  .pipe(
    z
      .array(z.string().regex(SYMBOL_PATTERN, 'holds a name that is not a symbol'))
      .min(1, 'names no symbol')
      .max(50, 'holds more than 50 symbols'),
  )
  .refine((symbols) => new Set(symbols).size === symbols.length, 'names a symbol twice');

const webSocketUrl = z.url({ protocol: /^wss?$/, error: 'must look like wss://host/path' });
const httpUrl = z.url({ protocol: /^https?$/, error: 'must look like https://host/path' });
/** A key stands in a header: one word of visible characters. */
const apiKey = z.string().regex(/^[\x21-\x7e]{1,512}$/, 'must be one word without spaces');
const originList = commaList.pipe(
  z
    .array(
      z
        .string()
        .transform((text) => text.replace(/\/$/, ''))
        .refine(isOrigin, 'must be origins such as https://desk.example, separated by commas'),
    )
    .max(20, 'holds more than 20 origins'),
);

/** Whether a text is exactly what browsers send as `Origin`: scheme, host, port, nothing more. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}

const networkList = commaList.pipe(
  z.array(z.string()).superRefine((networks, context) => {
    try {
      blockList(networks);
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      context.addIssue({ code: 'custom', message: thrown.message });
    }
  }),
);

const SECRET_BYTES = 32;

/** A secret that nobody guesses: long, and not one character over and over. */
const secret = z
  .string()
  .refine((text) => Buffer.byteLength(text) >= SECRET_BYTES, {
    error: `must have at least ${SECRET_BYTES} bytes`,
    abort: true,
  })
  .refine((text) => new Set(text).size >= 8, 'must be random; openssl rand -hex 32 makes one');

/** `max`, or a multiple of real time. */
export type FeedSpeed = 'max' | number;

const feedSpeed = z.string().transform((text, context): FeedSpeed => {
  if (text === 'max') return 'max';
  const speed = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && speed >= 0.1 && speed <= 100_000) return speed;
  context.addIssue({ code: 'custom', message: 'must be max or a number from 0.1 to 100000' });
  return z.NEVER;
});

/**
 * Every setting of the server, in the order in which `.env.example` shows them. The text form of the default is what
 * `.env.example` prints; `describe` is its comment. An empty variable counts as unset.
 */
export const envSchema = z.object({
  PORT: wholeNumber(0, 65_535).default(8080).describe('Port of API and dashboard. 0 takes a free one.'),
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address to listen on. Anything but loopback needs APP_PIN.'),
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe('development, production or test.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least severe log line that is written: fatal, error, warn, info, debug, trace or silent.'),
  DATA_DIR: z
    .string()
    .min(1)
    .default('.data')
    .describe(
      'Folder of everything the process keeps: embedded database, recordings. One process at a time.',
    ),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:5432/name' })
    .optional()
    .describe('PostgreSQL to use. Unset: an embedded one in DATA_DIR.'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must look like redis://user:password@host:6379/0' })
    .optional()
    .describe(
      'Redis that several instances on one DATABASE_URL share: bars and prices travel through it. Unset: memory only.',
    ),
  APP_PIN: z
    .string()
    .optional()
    .describe(
      `PIN of the login: ${PIN_MIN_PRIVATE} characters or more, ${PIN_MIN_PUBLIC} where APP_ORIGIN is public, none of the usual ones. Unset: no login, and the desk answers this machine alone.`,
    ),
  SESSION_SECRET: secret
    .optional()
    .describe(
      'Key behind sessions and PIN, 32 bytes or more; the same on every instance. Unset: made and kept in DATA_DIR. Required with NODE_ENV=production.',
    ),
  APP_ORIGIN: originList
    .optional()
    .describe(
      'Origins under which the desk is reached from outside, comma-separated, such as https://desk.example. A public name that is not listed is refused.',
    ),
  ADMIN_ORIGIN: originList
    .optional()
    .describe('Further origins whose pages may call the API with the session, comma-separated.'),
  TRUST_PROXY: wholeNumber(1, 10)
    .optional()
    .describe(
      'Number of proxies in front, each of which sets X-Forwarded-For and X-Forwarded-Proto. Unset: such headers are not believed.',
    ),
  FRAME_ANCESTORS: originList
    .optional()
    .describe(
      'Origins that may show the desk in a frame. Over HTTPS the session cookie becomes SameSite=None; Secure; Partitioned.',
    ),
  METRICS_ALLOW: networkList
    .optional()
    .describe(
      'Networks (CIDR, comma-separated) that may read /api/metrics, /api/diag and /api/docs without a session.',
    ),
  METRICS_TOKEN: secret
    .optional()
    .describe('Bearer token that may read the same without a session, 32 bytes or more.'),
  DRAIN_MS: wholeNumber(0, 10_000)
    .optional()
    .describe(
      'How long requests are still answered after a stop was asked for, in milliseconds, so that a balancer can move traffic away. Unset: 5000 with NODE_ENV=production, else 0.',
    ),
  FEED: z
    .string()
    .transform((text) => (text.toLowerCase() === 'polygon' ? 'massive' : text.toLowerCase()))
    .pipe(z.enum(FEED_NAMES, `must be one of ${FEED_NAMES.join(', ')}`))
    .default('auto')
    .describe(
      'Where trades come from: auto, massive (alias polygon), coinbase, kraken, file or simulator. auto: massive when its key is set, else the first of coinbase and kraken that answers within 3 s, else the simulator.',
    ),
  MASSIVE_API_KEY: apiKey
    .optional()
    .describe('Key of Massive (formerly Polygon.io) for US stocks. Live trades need a plan with streaming.'),
  POLYGON_API_KEY: apiKey.optional().describe('Earlier name of MASSIVE_API_KEY, which comes first.'),
  MASSIVE_WS_URL: webSocketUrl
    .default('wss://socket.massive.com')
    .describe(
      'Stream of Massive; /stocks is added. For plans with a delay of 15 minutes: wss://delayed.massive.com',
    ),
  MASSIVE_REST_URL: httpUrl.default('https://api.massive.com').describe('History of Massive.'),
  COINBASE_WS_URL: webSocketUrl
    .default('wss://ws-feed.exchange.coinbase.com')
    .describe('Stream of Coinbase Exchange.'),
  COINBASE_REST_URL: httpUrl
    .default('https://api.exchange.coinbase.com')
    .describe('History of Coinbase Exchange.'),
  KRAKEN_WS_URL: webSocketUrl.default('wss://ws.kraken.com/v2').describe('Stream of Kraken.'),
  KRAKEN_REST_URL: httpUrl.default('https://api.kraken.com').describe('History of Kraken.'),
  FEED_FILES: commaList
    .pipe(z.array(z.string()).max(1_000, 'holds more than 1000 entries'))
    .optional()
    .describe(
      'For FEED=file: comma-separated paths or globs of trade files (<source>-<SYMBOL>-<YYYY-MM-DD>.csv.gz).',
    ),
  FEED_SPEED: feedSpeed
    .default(1)
    .describe('For file and simulator: multiple of real time (0.1 to 100000), or max.'),
  SIMULATOR_SEED: wholeNumber(0, 4_294_967_295)
    .default(1)
    .describe(
      'For simulator: another seed makes another market. The same seed makes the same one, bar for bar.',
    ),
  SYMBOLS: symbolList
    .optional()
    .describe(
      "Default watchlist, comma-separated, at most 50. Unset: the feed's own (stocks: SPY,QQQ,AAPL,MSFT,NVDA,TSLA; crypto: BTC-USD,ETH-USD,SOL-USD).",
    ),
  RING_BUFFER_CAP: wholeNumber(100, 100_000)
    .default(5_000)
    .describe('Finalized bars kept in memory per symbol and timeframe (66 bytes each).'),
  CACHE_DAYS: wholeNumber(1, 30)
    .default(5)
    .describe(
      'Trading days of finished bars that are there at once: fetched ahead from a vendor that tells its past, and kept that long in Redis where REDIS_URL is set.',
    ),
  STREAM_LOG_CAP: wholeNumber(1_000, 1_000_000)
    .default(20_000)
    .describe(
      'Newest events of the bar log kept in memory for clients that resume (78 bytes each). Older ones are answered from history.',
    ),
  MICROBAR_MS: wholeNumber(50, 60_000)
    .default(250)
    .describe('Period of forming bars on the stream, in milliseconds.'),
  BAR_GRACE_MS: wholeNumber(0, 60_000)
    .default(1_000)
    .describe("How long after a bar's end late trades are still taken, in milliseconds of exchange time."),
  SSE_HEARTBEAT_MS: wholeNumber(250, 60_000)
    .default(10_000)
    .describe('Period of ping on the stream, in milliseconds.'),
  SSE_BUFFER_CAP: wholeNumber(10, 100_000)
    .default(1_000)
    .describe(
      'Events one slow client may have waiting before its connection is closed (it resumes by cursor).',
    ),
  SSE_MAX_CLIENTS: wholeNumber(1, 100_000)
    .default(2_000)
    .describe('Streams open at once. One more is answered 503 with Retry-After.'),
  COACH: z
    .enum(['auto', 'local', 'openai'])
    .default('auto')
    .describe('Who coaches: auto, local or openai. auto: openai when its key is set, else local.'),
  OPENAI_API_KEY: apiKey.optional().describe('Key of OpenAI, or of whoever serves OPENAI_REALTIME_URL.'),
  OPENAI_REALTIME_URL: webSocketUrl
    .default('wss://api.openai.com/v1/realtime')
    .describe("Where OpenAI's Realtime protocol (GA) is spoken; the model is added."),
  OPENAI_REALTIME_MODEL: z.string().min(1).max(100).default('gpt-realtime-2.1').describe('Model of it.'),
  OPENAI_REALTIME_VOICE: z.string().min(1).max(100).default('marin').describe('Voice of it.'),
  COACH_GROUNDING: z
    .enum(['strict', 'off'])
    .default('strict')
    .describe(
      'strict: an answer of a model is held until every figure in it has a source. off: it is passed on as it comes.',
    ),
  COACH_DAILY_USD: z
    .string()
    .regex(/^\d{1,5}(\.\d{1,2})?$/, 'must be an amount such as 2.00')
    .transform(Number)
    .default(2)
    .describe(
      'Dollars a day (UTC) the coach may cost. The local coach goes on before a response that could exceed it.',
    ),
  COACH_PRICES: z
    .string()
    .regex(/^\d{1,5}(\.\d{1,4})?(,\d{1,5}(\.\d{1,4})?){4}$/, 'must be five amounts such as 4,32,0.4,24,64')
    .default('4,32,0.4,24,64')
    .transform((text) => {
      const [textIn = 0, audioIn = 0, cachedIn = 0, textOut = 0, audioOut = 0] = text.split(',').map(Number);
      return { textIn, audioIn, cachedIn, textOut, audioOut };
    })
    .describe(
      'Dollars a million tokens: text in, audio in, cached in, text out, audio out. Those of gpt-realtime-2.1.',
    ),
  COACH_VOICE: z
    .enum(['kal16', 'slt', 'rms', 'awb'])
    .default('kal16')
    .describe(
      'Voice of the local coach: kal16 begins soonest; slt, rms and awb sound better and take longer to begin.',
    ),
  DELIVERY_TIMEOUT_MS: wholeNumber(100, 10_000)
    .default(5_000)
    .describe('How long one try to deliver an alert (webhook, push) may take, in milliseconds.'),
  DELIVERY_PRIVATE: onOff
    .default(false)
    .describe('on: alerts may be delivered to this machine and private networks, and without HTTPS.'),
  PUSH_CONTACT: z
    .string()
    .regex(
      /^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/,
      'must look like mailto:you@desk.example or https://desk.example',
    )
    .max(200)
    .default('mailto:owner@spotlight-trader.invalid')
    .describe(
      'How push services reach whoever runs this desk: a mailto: or https: URL. They are told it with every message.',
    ),
  COACH_LLM_URL: httpUrl
    .optional()
    .describe(
      'Where OpenAI-compatible chat completions are served, such as http://127.0.0.1:11434/v1: a text model writes the words of the local coach, checked as all are. Unset: no connection is made.',
    ),
  COACH_LLM_MODEL: z.string().min(1).max(200).default('local').describe('Model of it.'),
  COACH_LLM_KEY: apiKey.optional().describe('Key for it, where one is needed.'),
  COACH_LLM_TIMEOUT_MS: wholeNumber(100, 30_000)
    .default(3_000)
    .describe('How long its words are waited for, in milliseconds; then the desk uses its own.'),
  COACH_TRANSCRIPT_DAYS: wholeNumber(0, 3_650)
    .default(90)
    .describe('Days for which what you and the coach said is kept, in words. 0: nothing is kept.'),
  COACH_TRANSCRIPT_LINES: wholeNumber(100, 1_000_000)
    .default(20_000)
    .describe('Lines of it kept for one user; the oldest make room.'),
  TOOL_TIMEOUT_MS: wholeNumber(50, 60_000)
    .default(1_500)
    .describe('How long one tool of the coach may take, in milliseconds.'),
  FF_SSE_TICKS: onOff.default(false).describe('on: stream single trades as well.'),
});

/** The validated settings. */
export type Env = z.infer<typeof envSchema>;

/** Names whose value never appears in a log line or an error. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'REDIS_URL',
  'MASSIVE_API_KEY',
  'POLYGON_API_KEY',
  'APP_PIN',
  'SESSION_SECRET',
  'METRICS_TOKEN',
  'OPENAI_API_KEY',
  'COACH_LLM_KEY',
]);

/** Thrown for wrong settings: `faults` holds one readable line per fault. The process exits with 78 (EX_CONFIG). */
export class SettingsError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'SettingsError';
  }
}

/** Reads and checks the settings. Throws {@link SettingsError}; never names the value of a secret. */
export function parseEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const given = Object.fromEntries(
    Object.keys(envSchema.shape)
      .map((name) => [name, source[name]?.trim()] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = envSchema.safeParse(given);
  const faults = result.success
    ? crossFieldFaults(result.data)
    : result.error.issues.map(readableFault(given));
  // A list with several bad entries is one fault of one setting.
  if (!result.success || faults.length > 0) throw new SettingsError([...new Set(faults)]);
  return result.data;
}

/** The key of Massive under either of its names. */
export function massiveKeyOf(env: Pick<Env, 'MASSIVE_API_KEY' | 'POLYGON_API_KEY'>): string | undefined {
  return env.MASSIVE_API_KEY ?? env.POLYGON_API_KEY;
}

function crossFieldFaults(env: Env): string[] {
  const faults: string[] = [];
  if (env.APP_PIN === undefined) {
    if (placeOf(env.HOST) !== 'loopback') {
      faults.push(
        `HOST=${onOneLine(env.HOST)}: would open the desk to the network without a login; set APP_PIN, or use 127.0.0.1`,
      );
    }
  } else {
    const weakness = weaknessOf(env.APP_PIN, pinMinLength(env));
    if (weakness !== null) faults.push(`APP_PIN: ${weakness}`);
  }
  if (env.NODE_ENV === 'production' && env.SESSION_SECRET === undefined) {
    faults.push(
      'SESSION_SECRET: must be set with NODE_ENV=production; openssl rand -hex 32 makes one. Keep it: another one ends all sessions',
    );
  }
  if (env.FEED === 'file' && (env.FEED_FILES ?? []).length === 0) {
    faults.push('FEED_FILES: must name at least one trade file when FEED=file');
  }
  if (env.COACH === 'openai' && env.OPENAI_API_KEY === undefined) {
    faults.push('OPENAI_API_KEY: must be set when COACH=openai');
  }
  if (env.FEED === 'massive' && massiveKeyOf(env) === undefined) {
    faults.push('MASSIVE_API_KEY: must be set when FEED=massive');
  }
  return faults;
}

/** Fewest characters a PIN must have with these settings: more where the desk has a public origin. */
export function pinMinLength(env: Pick<Env, 'APP_ORIGIN' | 'ADMIN_ORIGIN'>): number {
  const hosts = [...(env.APP_ORIGIN ?? []), ...(env.ADMIN_ORIGIN ?? [])].map((url) => new URL(url).hostname);
  return hosts.some((host) => placeOf(host) === 'public') ? PIN_MIN_PUBLIC : PIN_MIN_PRIVATE;
}

function onOneLine(value: string): string {
  return value.replace(/\s+/g, ' ').slice(0, 100);
}

const readableFault =
  (given: Readonly<Record<string, string | undefined>>) =>
  (issue: z.core.$ZodIssue): string => {
    const name = String(issue.path[0]);
    const shown = SECRET_SETTINGS.has(name) ? '' : `=${onOneLine(given[name] ?? '')}`;
    return `${name}${shown}: ${issue.message}`;
  };
