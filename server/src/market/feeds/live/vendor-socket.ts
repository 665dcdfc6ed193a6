import { WebSocket, type RawData } from 'ws';
import { hasErrorCode, messageOf } from '../../../common/errors.js';

/** Largest message taken from a vendor, in bytes; the largest known ones are a tenth of it. */
const LARGEST_MESSAGE = 2 * 1024 * 1024;
const NORMAL_CLOSE = 1_000;

/** Why a connection is over. */
export interface SocketEnd {
  /** In words, without any secret: `closed by the vendor (1008)`, `ENOTFOUND`. */
  readonly reason: string;
  /** Status of an answer that refused the upgrade, `null` where there was none. */
  readonly httpStatus: number | null;
  /** Close code of the WebSocket, `null` where it never opened. */
  readonly closeCode: number | null;
  /** Whether the vendor sent a message beyond the bound. */
  readonly isOversized: boolean;
}

/** Where a socket tells what happens to it. Nothing comes after `onEnd`, and that comes once. */
export interface SocketEvents {
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  readonly onPong: () => void;
  readonly onEnd: (end: SocketEnd) => void;
}

/** One WebSocket to a vendor: text only, bounded, uncompressed, never redirected. */
export class VendorSocket {
  private readonly socket: WebSocket;
  private fault = '';
  private httpStatus: number | null = null;
  private isOversized = false;
  private isOver = false;

  constructor(
    url: string,
    private readonly events: SocketEvents,
  ) {
    this.socket = new WebSocket(url, {
      maxPayload: LARGEST_MESSAGE,
      perMessageDeflate: false,
      followRedirects: false,
      headers: { 'User-Agent': 'spotlight-trader' },
    });
    const { socket } = this;
    socket.on('open', () => {
      if (!this.isOver) events.onOpen();
    });
    socket.on('message', (data, isBinary) => {
      if (!this.isOver) events.onText(isBinary ? '' : textOf(data));
    });
    socket.on('pong', () => {
      if (!this.isOver) events.onPong();
    });
    socket.on('unexpected-response', (request, response) => {
      this.httpStatus = response.statusCode ?? null;
      this.fault = `HTTP ${response.statusCode ?? '?'} ${response.statusMessage ?? ''}`.trim();
      response.resume();
      request.destroy();
      this.end(null);
    });
    socket.on('error', (error) => {
      this.isOversized ||= hasErrorCode(error, 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH');
      this.fault ||= faultOf(error);
      // A connection that never opened says no more than this.
      if (socket.readyState === WebSocket.CONNECTING || socket.readyState === WebSocket.CLOSED)
        this.end(null);
    });
    socket.on('close', (code) => {
      this.end(code);
    });
  }

  send(text: string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(text);
  }

  /** Asks for a sign of life. */
  ping(): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.ping();
  }

  /** Ends the connection for a reason of ours; the vendor may be too dead to close it in good order. */
  cut(reason: string): void {
    this.fault = reason;
    this.end(null);
    this.socket.terminate();
  }

  /** Ends the connection because nobody wants it any more; nothing is told. */
  close(): void {
    this.isOver = true;
    if (this.socket.readyState === WebSocket.OPEN) this.socket.close(NORMAL_CLOSE);
    else this.socket.terminate();
  }

  private end(closeCode: number | null): void {
    if (this.isOver) return;
    this.isOver = true;
    const reason = this.fault !== '' ? this.fault : `closed by the vendor (${closeCode ?? 'no code'})`;
    this.events.onEnd({ reason, httpStatus: this.httpStatus, closeCode, isOversized: this.isOversized });
  }
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data).toString('utf8');
}

/** The code of a system error says enough, and holds no address that could carry a key. */
function faultOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  return messageOf(error);
}
