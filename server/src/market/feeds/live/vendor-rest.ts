import type { DurationMs, EpochMs } from '@libs/bars';
import type { Clock } from '../../../common/clock.js';
import { messageOf } from '../../../common/errors.js';
import { pauseFor } from '../pause.js';
import type { RequestBudget } from './request-budget.js';
import { VendorRestError, type Lifetime } from './vendor-rest-error.js';

const MOST_TRIES = 3;
const MOST_REDIRECTS = 2;
const ANSWER_WITHIN_MS = 10_000;
/** 50,000 trades of the wordiest vendor are 15 MB. */
const LARGEST_ANSWER = 32 * 1024 * 1024;
const LONGEST_WAIT_MS = 60_000;
const LONGEST_TOLD = 200;

/** What one try said: an answer, or what to do about a failure. */
type Attempt =
  | { readonly kind: 'answer'; readonly body: unknown; readonly headers: Headers }
  | { readonly kind: 'retry'; readonly error: VendorRestError; readonly waitMs: DurationMs };

/** How a vendor wants to be asked. */
export interface VendorRestOptions {
  readonly baseUrl: string;
  /** Sent with every request: that is where a key goes. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the vendor may be asked, shared with everybody else in this process who asks it. */
  readonly budget: RequestBudget;
  /** How long to wait after 429 where the vendor does not say. */
  readonly waitAfter429Ms: DurationMs;
  /** The vendor's own words on a failure, found in the body of its answer. */
  readonly faultOf?: (body: unknown) => string | undefined;
}

/** The answer of a vendor and when it says it was made. */
export interface VendorAnswer {
  readonly body: unknown;
  /** The vendor's clock as the answer was sent, in whole seconds; `null` where it does not say. */
  readonly serverMs: EpochMs | null;
}

/**
 * Asks a vendor's REST service for JSON: one request at a time, within its budget, at most three tries, ten seconds and 32 MiB each,
 * redirected only within its own origin. Waiting is on the injected clock and ends with the feed.
 */
export class VendorRest {
  private readonly base: URL;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: VendorRestOptions,
    private readonly clock: Clock,
    private readonly lifetime: Lifetime,
  ) {
    this.base = new URL(options.baseUrl);
  }

  /** URL of a path and query at the base. A page link of the vendor keeps its path and query and loses its host. */
  urlOf(pathAndQuery: string): URL {
    const url = /^https?:/.test(pathAndQuery) ? new URL(pathAndQuery) : new URL(pathAndQuery, 'http://base');
    const prefix = this.base.pathname.replace(/\/$/, '');
    return new URL(`${prefix}${url.pathname}${url.search}`, this.base);
  }

  /** The JSON at a path. Throws {@link VendorRestError}. */
  async get(pathAndQuery: string): Promise<VendorAnswer> {
    const mine = this.turn.then(async () => this.ask(this.urlOf(pathAndQuery)));
    this.turn = mine.then(pass, pass);
    return mine;
  }

  private async ask(url: URL): Promise<VendorAnswer> {
    let last: VendorRestError | undefined;
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      await this.options.budget.take(this.clock, this.lifetime);
      const attempt = await this.attempt(url);
      if (attempt.kind === 'answer') {
        const date = Date.parse(attempt.headers.get('date') ?? '');
        return { body: attempt.body, serverMs: Number.isNaN(date) ? null : date };
      }
      last = attempt.error;
      if (tries < MOST_TRIES) await pauseFor(attempt.waitMs * tries, this.clock, this.lifetime);
      if (this.lifetime.closed) break;
    }
    throw last ?? new VendorRestError('not asked', null);
  }

  private async attempt(url: URL): Promise<Attempt> {
    const abort = new AbortController();
    const cancelTimer = this.clock.after(ANSWER_WITHIN_MS, () => {
      abort.abort(new VendorRestError(`no answer within ${ANSWER_WITHIN_MS / 1_000} s`, null));
    });
    const stop = (): void => {
      abort.abort(new VendorRestError('not needed any more', null));
    };
    this.lifetime.add(stop);
    try {
      return await this.fetchJson(url, abort.signal);
    } catch (thrown) {
      if (thrown instanceof VendorRestError && thrown.status !== null) throw thrown;
      // The message of a failed fetch may hold the whole URL; the cause has the system's code.
      const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
      const error =
        thrown instanceof VendorRestError ? thrown : new VendorRestError(networkFault(cause), null);
      return { kind: 'retry', error, waitMs: 1_000 };
    } finally {
      cancelTimer();
      this.lifetime.remove(stop);
    }
  }

  private async fetchJson(url: URL, signal: AbortSignal): Promise<Attempt> {
    const response = await this.follow(url, signal);
    const { status, headers } = response;
    const text = await boundedText(response);
    const body = jsonOf(text);
    if (status === 429 || status >= 500) {
      const waitMs = status === 429 ? this.waitAfter429(headers) : 1_000;
      return { kind: 'retry', error: new VendorRestError(this.told(status, body), null), waitMs };
    }
    if (!response.ok) throw new VendorRestError(this.told(status, body), status);
    if (body === undefined) {
      return { kind: 'retry', error: new VendorRestError('the answer is not JSON', null), waitMs: 1_000 };
    }
    return { kind: 'answer', body, headers };
  }

  private async follow(url: URL, signal: AbortSignal): Promise<Response> {
    let target = url;
    for (let hops = 0; ; hops++) {
      const response = await fetch(target, {
        headers: { Accept: 'application/json', 'User-Agent': 'spotlight-trader', ...this.options.headers },
        redirect: 'manual',
        signal,
      });
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null) return response;
      await response.body?.cancel();
      target = new URL(location, target);
      // A key goes to the host it was given for and to no other.
      if (target.origin !== url.origin || hops >= MOST_REDIRECTS) {
        throw new VendorRestError(`redirected elsewhere (HTTP ${response.status})`, response.status);
      }
    }
  }

  private waitAfter429(headers: Headers): DurationMs {
    const seconds = Number(headers.get('retry-after') ?? NaN);
    const waitMs = seconds > 0 ? seconds * 1_000 : this.options.waitAfter429Ms;
    return Math.min(waitMs, LONGEST_WAIT_MS);
  }

  private told(status: number, body: unknown): string {
    const words = this.options.faultOf?.(body);
    return `HTTP ${status}${words === undefined ? '' : `: ${this.withoutSecrets(words)}`}`;
  }

  /** A vendor may say which key it does not know. */
  private withoutSecrets(words: string): string {
    const line = words.replace(/\s+/g, ' ');
    const secrets = Object.values(this.options.headers ?? {}).flatMap((value) => [
      value,
      value.split(' ').at(-1) ?? value,
    ]);
    return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), line).slice(0, LONGEST_TOLD);
  }
}

const pass = (): void => {
  // A failed request is the asker's affair; the next one goes ahead.
};

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > LARGEST_ANSWER) throw new VendorRestError('the answer is larger than 32 MiB', response.status);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // HTML of a proxy, a cut answer: the caller says what it means.
  }
}

function networkFault(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error && cause.name !== 'TypeError' ? messageOf(cause) : 'the connection failed';
}
