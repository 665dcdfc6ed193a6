import type { Socket } from 'node:net';

/**
 * Resets a connection at once, with whatever was still to be sent. `Socket.resetAndDestroy` would first send that, which
 * a peer that stands still never takes, and where the peer breaks off meanwhile Node never closes the socket and the
 * process never ends.
 */
export function resetSocket(socket: Socket): void {
  // What Node itself sets before it closes by a reset; a socket that is half closed cannot be reset any more.
  if (!socket.writableEnded && !socket.connecting) Object.assign(socket, { resetAndClosing: true });
  socket.destroy();
}
