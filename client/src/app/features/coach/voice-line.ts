import type { EpochMs } from '@libs/bars';
import type { ClientEvent, VoiceToken } from '@libs/contract';
import { sendJson } from '../../data-access/api-request';
import { MOST_TRIES, voiceRetryMs } from './retry-delay';

/** An event of the Realtime protocol as it came. */
export type VoiceEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** How it stands with the line to the coach. `asleep`: not open, and nothing wants it open. */
export type LineState =
  | { readonly kind: 'asleep' | 'opening' | 'open' | 'failed' }
  | { readonly kind: 'waiting'; readonly attempt: number; readonly atMs: EpochMs };

/** As much of a socket as the line needs. */
export type VoiceSocket = Pick<
  WebSocket,
  'readyState' | 'send' | 'close' | 'bufferedAmount' | 'onmessage' | 'onclose'
>;

/** Ends of a conversation that nobody needs to mend: it begins again when the trader says something. */
const QUIET_ENDS = new Set(['session_idle', 'session_expired', 'session_over']);
/** The coach behind the desk refuses; calling again changes nothing. */
const LASTING_ENDS = new Set(['coach_gone']);
const OPEN = 1;
/** A line that takes this long to open is given up, and called again. */
const OPENING_MS = 15_000;
/** Sound that waits in the browser above this is dropped; words never are. About five seconds. */
const MOST_WAITING_BYTES = 320_000;

/** Asks for a token and connects with it. */
export async function dialVoice(): Promise<VoiceSocket> {
  const { token, url } = await sendJson<VoiceToken>('POST', '/api/voice/token', {});
  return new WebSocket(url, ['realtime', `token.${token}`]);
}

/**
 * The line to the coach. Lost, it is called again 10 times, from a second apart to half a minute, and counts anew once it
 * was open or the network came back.
 */
export class VoiceLine {
  private socket: VoiceSocket | null = null;
  private state: LineState = { kind: 'asleep' };
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Which dialling is the current one; answers of earlier ones come to nothing. */
  private generation = 0;

  constructor(
    private readonly listener: {
      onEvent(event: VoiceEvent): void;
      onState(state: LineState): void;
    },
    private readonly dial: () => Promise<VoiceSocket> = dialVoice,
  ) {
    addEventListener('online', this.onOnline);
    addEventListener('offline', this.onOffline);
  }

  /** Opens the line, or tries at once where it waits. Harmless when it is open. */
  open(): void {
    if (this.state.kind === 'open' || this.state.kind === 'opening') return;
    this.attempt = 0;
    this.connect();
  }

  /** Hangs up. */
  close(): void {
    this.drop();
    this.to({ kind: 'asleep' });
  }

  /** Hangs up for good. */
  destroy(): void {
    this.close();
    removeEventListener('online', this.onOnline);
    removeEventListener('offline', this.onOffline);
  }

  /** Whether it was sent; on a line that is not open nothing is. */
  send(event: ClientEvent): boolean {
    const { socket } = this;
    if (socket?.readyState !== OPEN || this.state.kind !== 'open') return false;
    if (event.type === 'input_audio_buffer.append' && socket.bufferedAmount > MOST_WAITING_BYTES)
      return false;
    socket.send(JSON.stringify(event));
    return true;
  }

  /** The line is dead though it looks open: called again. */
  giveUp(): void {
    if (this.state.kind === 'open') this.lost('');
  }

  private readonly onOnline = (): void => {
    if (this.state.kind !== 'waiting' && this.state.kind !== 'failed') return;
    this.attempt = 0;
    this.connect();
  };

  private readonly onOffline = (): void => {
    if (this.state.kind === 'open' || this.state.kind === 'opening') this.lost('');
  };

  private connect(): void {
    this.drop();
    const generation = this.generation;
    const isCurrent = (): boolean => generation === this.generation;
    this.to({ kind: 'opening' });
    this.timer = setTimeout(() => {
      this.lost('');
    }, OPENING_MS);
    this.dial().then(
      (socket) => {
        if (isCurrent()) this.follow(socket);
        else socket.close();
      },
      () => {
        if (isCurrent()) this.lost('');
      },
    );
  }

  private follow(socket: VoiceSocket): void {
    this.socket = socket;
    socket.onmessage = ({ data }) => {
      this.take(data);
    };
    socket.onclose = ({ reason }) => {
      this.lost(reason);
    };
  }

  private take(data: unknown): void {
    let event: unknown;
    try {
      event = JSON.parse(String(data));
    } catch {
      return;
    }
    if (typeof event !== 'object' || event === null || !('type' in event)) return;
    // The coach is there once it has said so; a socket alone is nobody.
    if (event.type === 'session.created') {
      clearTimeout(this.timer);
      this.attempt = 0;
      this.to({ kind: 'open' });
    }
    this.listener.onEvent(event as VoiceEvent);
  }

  private lost(reason: string): void {
    this.drop();
    if (QUIET_ENDS.has(reason)) {
      this.to({ kind: 'asleep' });
      return;
    }
    if (LASTING_ENDS.has(reason) || this.attempt >= MOST_TRIES) {
      this.to({ kind: 'failed' });
      return;
    }
    this.attempt++;
    const delayMs = voiceRetryMs(this.attempt, Math.random());
    this.to({ kind: 'waiting', attempt: this.attempt, atMs: Date.now() + delayMs });
    this.timer = setTimeout(() => {
      this.connect();
    }, delayMs);
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.generation++;
    const { socket } = this;
    this.socket = null;
    if (socket === null) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  private to(state: LineState): void {
    this.state = state;
    this.listener.onState(state);
  }
}
