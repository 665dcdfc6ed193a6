import type { CancelTimer, Clock } from '../../common/clock.js';
import type { Env } from '../../config/env.schema.js';
import type { ServerEvent } from '../coach-link.port.js';
import { UpstreamSocket } from './upstream-socket.js';

/** Tries to reach the provider before the conversation ends, from a second apart to half a minute. */
export const RECONNECT_TRIES = 10;
const RECONNECT_FIRST_MS = 1_000;
const RECONNECT_LAST_MS = 30_000;
/** The provider ends a conversation after 60 minutes without a word; a new one is begun in a pause before that. */
const ROLLOVER_MS = 50 * 60_000;
const ROLLOVER_LOOK_MS = 5_000;

/** Whose line it is. */
export interface LineOwner {
  /** What the provider is told first. */
  session(): object;
  /** Whether nothing is being asked or answered. */
  isIdle(): boolean;
  onEvent(event: ServerEvent): void;
  /** It broke off, whatever comes of it. */
  onLost(): void;
  onRetry(attempt: number, delayMs: number): void;
  /** It is not tried again. */
  onGone(reason: string): void;
}

/** The line to the provider over as many sockets as it takes: called again when it is lost, renewed before it is too old. */
export class ProviderLine {
  /** The socket of now, `null` before the first. */
  socket: UpstreamSocket | null = null;
  /** Whether the provider has taken our session. */
  isReady = false;
  private tries = 0;
  private isClosed = false;
  private cancelTimer: CancelTimer = () => undefined;
  private cancelRollover: CancelTimer = () => undefined;

  constructor(
    private readonly desk: { readonly env: Env; readonly clock: Clock },
    private readonly owner: LineOwner,
  ) {}

  connect(): void {
    const { env, clock } = this.desk;
    const url = new URL(env.OPENAI_REALTIME_URL);
    if (!url.searchParams.has('model')) url.searchParams.set('model', env.OPENAI_REALTIME_MODEL);
    this.isReady = false;
    const socket = new UpstreamSocket({
      url: url.href,
      key: env.OPENAI_API_KEY ?? '',
      clock,
      // Whatever the client sends: ours is the first frame the provider sees.
      onOpen: () => {
        socket.sendAhead({ type: 'session.update', session: this.owner.session() });
      },
      onEvent: (event) => {
        this.owner.onEvent(event);
      },
      onGone: (reason) => {
        this.lost(reason);
      },
    });
    this.socket = socket;
  }

  /** The provider has taken our session: tries count anew, and the next one is begun in good time. */
  ready(): void {
    this.isReady = true;
    this.tries = 0;
    const { clock } = this.desk;
    const look = (): void => {
      if (this.owner.isIdle()) {
        this.socket?.close();
        this.connect();
      } else this.cancelRollover = clock.after(ROLLOVER_LOOK_MS, look);
    };
    this.cancelRollover = clock.after(ROLLOVER_MS, look);
  }

  close(): void {
    this.isClosed = true;
    this.cancelTimer();
    this.cancelRollover();
    this.socket?.close();
  }

  private lost(reason: string): void {
    if (this.isClosed) return;
    this.isReady = false;
    this.cancelRollover();
    this.owner.onLost();
    const isRefused = /answered (401|403|404)/.test(reason);
    if (isRefused || this.tries >= RECONNECT_TRIES) {
      this.owner.onGone(reason);
      return;
    }
    const delayMs = Math.min(RECONNECT_LAST_MS, RECONNECT_FIRST_MS * 2 ** this.tries);
    this.tries++;
    this.owner.onRetry(this.tries, delayMs);
    this.cancelTimer = this.desk.clock.after(delayMs, () => {
      this.connect();
    });
  }
}
