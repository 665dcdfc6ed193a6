// Load: streams that are open and silent. Opens as many more as the parent asks for with each message `{ more }`, and
// answers `{ open }` when all of them have been answered. Options: { port, path }
import { connect } from 'node:net';

const { port, path } = JSON.parse(process.argv[2]);
const sockets = [];

process.on('message', async ({ more }) => {
  // Not all at once: the server's queue of connections that wait to be accepted is short.
  for (let opened = 0; opened < more; opened += 50) {
    sockets.push(...(await Promise.all(Array.from({ length: Math.min(50, more - opened) }, openStream))));
  }
  process.send({ open: sockets.length });
});
process.on('disconnect', () => process.exit(0));

function openStream() {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed a stream')));
    socket.on('connect', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`);
    });
    socket.on('data', () => resolve(socket));
  });
}
