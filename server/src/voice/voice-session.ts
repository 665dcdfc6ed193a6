import type { ClientEvent } from '@libs/contract';
import { clientEventSchema } from '@libs/contract';
import type { WebSocket } from 'ws';
import type { CancelTimer, Clock } from '../common/clock.js';
import type { ToolCaller } from '../coach/index.js';
import type { Coach, CoachLink, ServerEvent } from './coach-link.port.js';
import { FrameAllowance } from './frame-allowance.js';
import { errorEvent, newId } from './protocol.js';
import type { TranscriptRecorder } from './transcripts/transcript-recorder.js';

export const PING_MS = 25_000;
/** Nobody says anything for so long: the connection ends. Sound counts as saying something. */
export const IDLE_MS = 5 * 60_000;
/** However much is said: the provider ends a conversation after 60 minutes. */
export const LONGEST_MS = 55 * 60_000;
/** A client that does not read is cut when so much waits for it: about a minute of speech. */
export const MOST_WAITING_BYTES = 4 * 1_024 * 1_024;

const TOO_SLOW = 1013;
const POLICY = 1008;

export interface VoiceSessionOptions {
  readonly socket: WebSocket;
  readonly coach: Coach;
  readonly caller: ToolCaller;
  readonly clock: Clock;
  /** Writes down what is said; `null` where nothing is kept. */
  readonly recorder: Pick<TranscriptRecorder, 'client' | 'server'> | null;
  /** Told once, when the connection is over. */
  readonly onEnd: () => void;
}

/**
 * One client's connection: its frames are counted, checked against the allow-list and handed to the coach; what the coach
 * says goes back. Ends with its coach, its client, its limits or its session, whichever is first.
 */
export class VoiceSession {
  private readonly link: CoachLink;
  private readonly allowance: FrameAllowance;
  private readonly timers: CancelTimer[];
  private cancelIdle: CancelTimer = () => undefined;
  private isAlive = true;
  private isOver = false;

  constructor(private readonly options: VoiceSessionOptions) {
    const { socket, coach, caller, clock } = options;
    this.allowance = new FrameAllowance(clock);
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      this.take(data, isBinary);
    });
    socket.on('pong', () => {
      this.isAlive = true;
    });
    socket.on('close', () => {
      this.finish();
    });
    socket.on('error', () => {
      this.finish();
    });
    this.timers = [
      clock.every(PING_MS, () => {
        this.ping();
      }),
      clock.after(LONGEST_MS, () => {
        this.end('session_expired', 'The conversation has lasted its 55 minutes. Connect again.');
      }),
    ];
    this.link = coach.open(
      {
        onEvent: (event) => {
          options.recorder?.server(event);
          this.tell(event);
        },
        onEnd: (reason) => {
          this.end('coach_gone', reason);
        },
      },
      caller,
    );
    this.waitForWords();
  }

  /** Ends it with a word why. */
  end(code: string, message: string): void {
    if (this.isOver) return;
    this.tell(errorEvent({ type: 'server_error', code, message }));
    this.options.socket.close(1000, code);
    this.finish();
  }

  private take(data: Buffer, isBinary: boolean): void {
    if (this.isOver) return;
    const verdict = this.allowance.take();
    if (verdict === 'cut') {
      this.options.socket.close(POLICY, 'too many frames');
      this.finish();
      return;
    }
    if (verdict === 'drop') return;
    if (verdict === 'warn') {
      this.tell(
        errorEvent({
          code: 'rate_limit_exceeded',
          message: 'More events than one connection gets. Slow down.',
        }),
      );
      return;
    }
    const event = isBinary ? null : this.read(data);
    if (event === null) return;
    this.waitForWords();
    this.options.recorder?.client(event);
    this.link.send(event);
  }

  private read(data: Buffer): ClientEvent | null {
    let given: unknown;
    try {
      given = JSON.parse(data.toString('utf8'));
    } catch {
      this.tell(errorEvent({ code: 'invalid_json', message: 'The frame is not JSON.' }));
      return null;
    }
    const result = clientEventSchema.safeParse(given);
    if (result.success) return result.data;
    const eventId = textAt(given, 'event_id');
    const [issue] = result.error.issues;
    const param = issue?.path.join('.') ?? '';
    const isUnknown = param === 'type';
    this.tell(
      errorEvent({
        code: isUnknown ? 'unknown_event_type' : 'invalid_value',
        message: isUnknown
          ? 'Events of this type are not taken here.'
          : `${param}: ${issue?.message ?? 'is not valid'}`,
        param,
        eventId,
      }),
    );
    return null;
  }

  private tell(event: ServerEvent): void {
    const { socket } = this.options;
    if (this.isOver || socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MOST_WAITING_BYTES) {
      socket.close(TOO_SLOW, 'the client does not read');
      socket.terminate();
      this.finish();
      return;
    }
    socket.send(JSON.stringify('event_id' in event ? event : { event_id: newId('event'), ...event }));
  }

  private ping(): void {
    if (!this.isAlive) {
      this.options.socket.terminate();
      this.finish();
      return;
    }
    this.isAlive = false;
    this.options.socket.ping();
  }

  private waitForWords(): void {
    this.cancelIdle();
    this.cancelIdle = this.options.clock.after(IDLE_MS, () => {
      this.end('session_idle', 'Nothing was said for 5 minutes. Connect again.');
    });
  }

  private finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.cancelIdle();
    for (const cancel of this.timers) cancel();
    this.link.close();
    this.options.onEnd();
  }
}

function textAt(given: unknown, key: string): string | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const value = (given as Record<string, unknown>)[key];
  return typeof value === 'string' ? value.slice(0, 512) : undefined;
}
