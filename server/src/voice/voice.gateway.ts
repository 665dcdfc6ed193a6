import { Inject, type OnModuleDestroy } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { SessionService } from '../auth/index.js';
import { CoachService, DeskTime } from '../coach/index.js';
import { Clock } from '../common/clock.js';
import type { Coach } from './coach-link.port.js';
import { VOICE_PATH, VoiceDoor } from './door/voice-door.js';
import { TranscriptBook } from './transcripts/transcript-book.js';
import { TranscriptRecorder } from './transcripts/transcript-recorder.js';
import { VoiceSession } from './voice-session.js';

/** Injection token: the coach the settings name. */
export const COACH = Symbol('COACH');

/** `/ws/realtime`: every connection the door let in becomes a conversation with the coach. */
@WebSocketGateway({ path: VOICE_PATH })
export class VoiceGateway implements OnGatewayConnection<WebSocket>, OnModuleDestroy {
  private readonly sessions = new Set<VoiceSession>();
  /** Transcripts of connections that are over and not written yet. */
  private readonly writing = new Set<Promise<void>>();

  constructor(
    @Inject(COACH) private readonly coach: Coach,
    private readonly door: VoiceDoor,
    private readonly logins: SessionService,
    readonly clock: Clock,
    readonly book: TranscriptBook,
    readonly brain: CoachService,
    readonly time: DeskTime,
  ) {}

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    const holder = this.door.holderOf(request);
    if (holder === undefined) {
      socket.terminate();
      return;
    }
    const { userId, sessionHash } = holder;
    const recorder = this.book.isKept ? new TranscriptRecorder(this, userId) : null;
    let forget = (): void => undefined;
    const session = new VoiceSession({
      socket,
      coach: this.coach,
      caller: { userId },
      clock: this.clock,
      recorder,
      onEnd: () => {
        forget();
        this.sessions.delete(session);
        if (recorder !== null) this.finish(recorder.end());
      },
    });
    this.sessions.add(session);
    if (sessionHash === null) return;
    forget = this.logins.connections.add(sessionHash, () => {
      session.end('session_over', 'The session is over.');
    });
  }

  async onModuleDestroy(): Promise<void> {
    for (const session of this.sessions) session.end('server_stopping', 'The desk is stopping.');
    await Promise.all(this.writing);
  }

  private finish(writing: Promise<void>): void {
    this.writing.add(writing);
    void writing.finally(() => this.writing.delete(writing));
  }
}
