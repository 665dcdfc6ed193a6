import { timeframeMs } from '@libs/bars';
import type { Response } from 'express';
import type { Socket } from 'node:net';
import type { LogTail } from '../market/index.js';
import type { StreamChunk } from './chunk.js';
import type { ResumePlan, Topics } from './resume.js';
import type { SocketEnds } from './unanswered-sockets.js';

/**
 * One client of the stream. It has no queue of its own: what it has not been sent yet is a position in the bar log's
 * tail, and forming bars it missed are replaced by newer ones (ADR 0003).
 */
export class StreamConnection {
  /** Position in the log's tail of the first event this client has not been sent. */
  position: number;
  /** Forming bars left out because the client was not reading; newer ones replaced them. */
  droppedMicrobars = 0;
  /** When the socket stopped taking data (clock time), `null` while it takes it. */
  blockedSinceMs: number | null = null;
  /** Whether the feed's state changed while the client was not reading. */
  missedStatus = false;
  private readonly socket: Socket | null;
  /** Who is at the other end, `null` where that cannot be told. */
  readonly ends: SocketEnds | null;

  constructor(
    readonly topics: Topics,
    private readonly response: Response,
    /** Where it starts, and the end of the tail at that moment. */
    private readonly start: ResumePlan & { readonly replayEnd: number },
    /** Ends the stream in good order. */
    readonly end: () => void,
  ) {
    this.position = start.position;
    // Past the response object, chunks that are framed already cost one write instead of four. Only where the response
    // owns an HTTP/1.1 connection and sends in chunks; anything else goes the ordinary way.
    const ownsSocket =
      response.socket !== null && response.req.httpVersion === '1.1' && response.chunkedEncoding;
    this.socket = ownsSocket ? response.socket : null;
    this.ends = endsOf(response.socket);
  }

  /** Position up to which it may have events already; what comes after is the same for all with its topics. */
  get ownUntil(): number {
    const { position, barPosition, aboveSeq, replayEnd } = this.start;
    return aboveSeq < 0 && barPosition <= position ? position : replayEnd;
  }

  /** Whether the client has said that it has the event at a position of the log's tail. */
  has(tail: LogTail, position: number): boolean {
    const { aboveSeq, barPosition, placesAlerts, replayEnd } = this.start;
    if (position >= replayEnd) return false;
    const alert = tail.alertAt(position);
    if (alert === undefined) return position < barPosition || tail.seqAt(position) <= aboveSeq;
    const [timeframe] = this.topics.timeframes;
    if (placesAlerts || aboveSeq < 0 || timeframe === undefined) return false;
    return alert.barEndMs <= (aboveSeq + 1) * timeframeMs(timeframe);
  }

  /** Whether the client has to read first. */
  get isBlocked(): boolean {
    return this.socket ? this.socket.writableNeedDrain : this.response.writableNeedDrain;
  }

  get isClosed(): boolean {
    return this.response.writableEnded || this.response.destroyed || this.socket?.destroyed === true;
  }

  write(chunk: StreamChunk): void {
    if (this.isClosed) return;
    if (this.socket) this.socket.write(chunk.framed);
    else this.response.write(chunk.plain);
  }

  /** Calls back each time the client has read what was waiting. */
  onDrain(listener: () => void): void {
    (this.socket ?? this.response).on('drain', listener);
  }

  /** Forgets a drain listener; sockets outlive the responses they carry. */
  offDrain(listener: () => void): void {
    (this.socket ?? this.response).off('drain', listener);
  }

  /** Cuts the connection; the client comes back with its cursor. */
  destroy(): void {
    this.response.destroy();
  }
}

function endsOf(socket: Socket | null): SocketEnds | null {
  const { remoteAddress, remotePort, localPort } = socket ?? {};
  return remoteAddress === undefined || remotePort === undefined || localPort === undefined
    ? null
    : { remoteAddress, remotePort, localPort };
}
