import { Inject, type OnModuleDestroy } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { SessionService } from '../auth/index.js';
import { Clock } from '../common/clock.js';
import type { Coach } from './coach-link.port.js';
import { VOICE_PATH, VoiceDoor } from './door/voice-door.js';
import { VoiceSession } from './voice-session.js';

/** Injection token: the coach the settings name. */
export const COACH = Symbol('COACH');

/** `/ws/realtime`: every connection the door let in becomes a conversation with the coach. */
@WebSocketGateway({ path: VOICE_PATH })
export class VoiceGateway implements OnGatewayConnection<WebSocket>, OnModuleDestroy {
  private readonly sessions = new Set<VoiceSession>();

  constructor(
    @Inject(COACH) private readonly coach: Coach,
    private readonly door: VoiceDoor,
    private readonly logins: SessionService,
    private readonly clock: Clock,
  ) {}

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    const holder = this.door.holderOf(request);
    if (holder === undefined) {
      socket.terminate();
      return;
    }
    const { userId, sessionHash } = holder;
    let forget = (): void => undefined;
    const session = new VoiceSession({
      socket,
      coach: this.coach,
      caller: { userId },
      clock: this.clock,
      onEnd: () => {
        forget();
        this.sessions.delete(session);
      },
    });
    this.sessions.add(session);
    if (sessionHash === null) return;
    forget = this.logins.connections.add(sessionHash, () => {
      session.end('session_over', 'The session is over.');
    });
  }

  onModuleDestroy(): void {
    for (const session of this.sessions) session.end('server_stopping', 'The desk is stopping.');
  }
}
