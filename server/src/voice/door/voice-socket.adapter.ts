import type { INestApplicationContext } from '@nestjs/common';
import { AbstractWsAdapter } from '@nestjs/websockets';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { ProblemException } from '../../common/problem.exception.js';
import { refuseUpgrade, SUBPROTOCOL, type VoiceDoor } from './voice-door.js';

/** Largest frame a client may send: more than two seconds of sound. */
const MAX_FRAME_BYTES = 256 * 1_024;
const MAX_FRAGMENTS = 1_024;

/**
 * Nest's gateways over `ws`, with the decision before the 101: guards of a framework run once a socket is open. Whatever
 * asks for an upgrade elsewhere is told that there is nothing.
 */
export class VoiceSocketAdapter extends AbstractWsAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly door: VoiceDoor,
  ) {
    super(app);
  }

  create(): WebSocketServer {
    const server = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_FRAME_BYTES,
      maxFragments: MAX_FRAGMENTS,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    const http = this.httpServer as Server;
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      this.decide(server, request, socket, head).catch(() => socket.destroy());
    });
    return server;
  }

  /** The protocol is not Nest's: the gateway reads its messages itself. */
  bindMessageHandlers(): void {
    return;
  }

  override close(server: WebSocketServer): Promise<void> {
    for (const client of server.clients) client.close(1001, 'the desk is stopping');
    for (const client of server.clients) client.terminate();
    return Promise.resolve();
  }

  private async decide(
    server: WebSocketServer,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    if (!this.door.isVoice(request)) {
      refuseUpgrade(
        socket,
        new ProblemException({ status: 404, detail: 'There is no socket at this path.' }),
      );
      return;
    }
    const admitted = await this.door.admit(request);
    if (admitted instanceof ProblemException) {
      refuseUpgrade(socket, admitted);
      return;
    }
    // A handshake that fails after this closes the socket as well.
    socket.once('close', admitted.leave);
    server.handleUpgrade(request, socket, head, (client) => {
      server.emit('connection', client, request);
    });
  }
}
