import { WebSocket } from 'ws';
import type { CancelTimer, Clock } from '../../common/clock.js';
import type { ServerEvent } from '../coach-link.port.js';

/** Sound that waits for the provider: 30 seconds of it. More is dropped, oldest first; words never are. */
export const MOST_WAITING_AUDIO_BYTES = 2 * 1_024 * 1_024;
/** What the socket may hold itself, so that a cancellation never waits behind sound. */
const SOCKET_AHEAD_BYTES = 64 * 1_024;
const DRAIN_MS = 20;
const MAX_FRAME_BYTES = 32 * 1_024 * 1_024;
const HANDSHAKE_MS = 10_000;
/** A provider that does not answer the end of the conversation is cut after this: it costs money. */
const CLOSE_MS = 1_000;

export interface UpstreamOptions {
  readonly url: string;
  readonly key: string;
  readonly clock: Clock;
  readonly onOpen: () => void;
  readonly onEvent: (event: ServerEvent) => void;
  /** Told once; also where it never opened. */
  readonly onGone: (reason: string) => void;
}

/** One socket to the provider: its queue for sound, and a way past that queue for what cannot wait. */
export class UpstreamSocket {
  private readonly socket: WebSocket;
  private audio: string[] = [];
  private audioBytes = 0;
  private after: string[] = [];
  private cancelDrain: CancelTimer | null = null;
  private isGone = false;
  /** Pieces of sound that were dropped. */
  dropped = 0;

  constructor(private readonly options: UpstreamOptions) {
    const { url, key } = options;
    this.socket = new WebSocket(url, {
      headers: { Authorization: `Bearer ${key}` },
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      handshakeTimeout: HANDSHAKE_MS,
      followRedirects: false,
    });
    this.socket.on('open', options.onOpen);
    this.socket.on('message', (data: Buffer) => {
      this.take(data);
    });
    this.socket.on('close', (code, reason) => {
      this.gone(`closed with ${code} ${reason.toString('utf8').slice(0, 100)}`.trim());
    });
    this.socket.on('unexpected-response', (_, response) => {
      response.resume();
      this.gone(`answered ${response.statusCode ?? 0}`);
      this.socket.terminate();
    });
    this.socket.on('error', () => {
      this.gone('cannot be reached');
    });
  }

  /** Sends in order, behind the sound that waits. */
  send(event: object): void {
    const frame = JSON.stringify(event);
    if (this.audio.length === 0 && this.after.length === 0) this.write(frame);
    else this.after.push(frame);
  }

  /** Sends before everything that waits. */
  sendAhead(event: object): void {
    this.write(JSON.stringify(event));
  }

  /** Sends sound as fast as it is taken. */
  sendAudio(event: object): void {
    // Words after sound keep their place behind it.
    if (this.after.length > 0) {
      this.after.push(JSON.stringify(event));
      return;
    }
    const frame = JSON.stringify(event);
    this.audio.push(frame);
    this.audioBytes += frame.length;
    while (this.audioBytes > MOST_WAITING_AUDIO_BYTES) {
      this.audioBytes -= this.audio.shift()?.length ?? 0;
      this.dropped++;
    }
    this.drain();
  }

  /** Ends the conversation; cut when the provider does not answer. */
  close(): void {
    this.isGone = true;
    this.cancelDrain?.();
    this.audio = [];
    this.after = [];
    const { socket } = this;
    if (socket.readyState === WebSocket.CLOSED) return;
    if (socket.readyState === WebSocket.CONNECTING) {
      socket.terminate();
      return;
    }
    socket.close(1000);
    const cancel = this.options.clock.after(CLOSE_MS, () => {
      socket.terminate();
    });
    socket.once('close', cancel);
  }

  private drain(): void {
    this.cancelDrain?.();
    this.cancelDrain = null;
    while (this.audio.length > 0 && this.socket.bufferedAmount < SOCKET_AHEAD_BYTES) {
      const frame = this.audio.shift() ?? '';
      this.audioBytes -= frame.length;
      this.write(frame);
    }
    if (this.audio.length > 0) {
      this.cancelDrain = this.options.clock.after(DRAIN_MS, () => {
        this.drain();
      });
      return;
    }
    const { after } = this;
    this.after = [];
    for (const frame of after) this.write(frame);
  }

  private write(frame: string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame);
  }

  private take(data: Buffer): void {
    if (this.isGone) return;
    let event: unknown;
    try {
      event = JSON.parse(data.toString('utf8'));
    } catch {
      return;
    }
    if (typeof event === 'object' && event !== null && 'type' in event && typeof event.type === 'string')
      this.options.onEvent(event as ServerEvent);
  }

  private gone(reason: string): void {
    if (this.isGone) return;
    this.isGone = true;
    this.cancelDrain?.();
    this.options.onGone(reason);
  }
}
