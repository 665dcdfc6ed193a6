import { Injectable } from '@nestjs/common';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { AccessGate } from '../../auth/index.js';
import { Draining } from '../../common/draining.js';
import { ProblemException } from '../../common/problem.exception.js';
import { ConnectionLimiter, VOICE_PER_USER } from './connection-limiter.js';
import { VoiceTokens, type TokenHolder } from './voice-token.service.js';

export const VOICE_PATH = '/ws/realtime';
const PATHS: ReadonlySet<string> = new Set([VOICE_PATH, '/voice/ws', '/v1/realtime']);
/** The one subprotocol that is ever named in an answer: the others hold what nobody should read again. */
export const SUBPROTOCOL = 'realtime';

/** A caller who may come in, and how to give the place back. */
export interface Admitted extends TokenHolder {
  readonly leave: () => void;
}

/** Decides who may open a voice connection before anything is answered: name, origin, token, number. */
@Injectable()
export class VoiceDoor {
  private readonly limiter = new ConnectionLimiter();
  private readonly admitted = new WeakMap<IncomingMessage, Admitted>();

  constructor(
    private readonly gate: AccessGate,
    private readonly tokens: VoiceTokens,
    private readonly draining: Draining,
  ) {}

  /** Voice connections open now. */
  get connections(): number {
    return this.limiter.total;
  }

  /** Whether a path is the voice's. */
  isVoice(request: IncomingMessage): boolean {
    return PATHS.has(pathOf(request));
  }

  /** Who came in with a request that was admitted. */
  holderOf(request: IncomingMessage): Admitted | undefined {
    return this.admitted.get(request);
  }

  /** Lets a request in, or says why not. */
  async admit(request: IncomingMessage): Promise<Admitted | ProblemException> {
    if (this.draining.isDraining) return refusal(503, 'The desk is stopping.', 5);
    const admission = await this.gate.admitUpgrade(request);
    if ('refusal' in admission) return admission.refusal;
    const token = tokenOf(request);
    if (token === null) return refusal(401, 'This needs a token. POST /api/voice/token makes one.');
    let holder: TokenHolder | null;
    try {
      holder = await this.tokens.redeem(token);
    } catch {
      return refusal(503, 'Tokens cannot be looked up at the moment.', 2);
    }
    if (holder === null)
      return refusal(401, 'The token is not valid, too old, or was used. Ask for another one.');
    const { identity } = admission;
    // A browser shows its session as well: a token taken from somebody else's page does not fit it.
    if (identity !== null && identity.sessionHash !== holder.sessionHash)
      return refusal(401, 'The token belongs to another session.');
    const leave = this.limiter.take(holder.userId);
    if (leave === null)
      return refusal(429, `There are ${VOICE_PER_USER} voice connections open already. Close one.`, 5);
    const admitted = { ...holder, leave };
    this.admitted.set(request, admitted);
    return admitted;
  }
}

/** Answers an upgrade with an error in place of a 101. */
export function refuseUpgrade(socket: Duplex, { problem, retryAfterS }: ProblemException): void {
  const body = JSON.stringify(problem);
  const lines = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}`,
    'Connection: close',
    'Content-Type: application/problem+json; charset=utf-8',
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(retryAfterS === undefined ? [] : [`Retry-After: ${retryAfterS}`]),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

function refusal(status: number, detail: string, retryAfterS?: number): ProblemException {
  return new ProblemException({ status, detail, ...(retryAfterS !== undefined && { retryAfterS }) });
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.replace(/[?#].*$/s, '').replace(/(?<=.)\/+$/, '');
}

/** The token of a request: subprotocol, then `Authorization`, then the query, which ends up in logs of others. */
function tokenOf({ headers, url = '' }: IncomingMessage): string | null {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
  for (const prefix of ['token.', 'openai-insecure-api-key.']) {
    const found = offered.find((part) => part.startsWith(prefix));
    if (found !== undefined) return found.slice(prefix.length);
  }
  const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return bearer ?? new URLSearchParams(url.split('?')[1] ?? '').get('token');
}
