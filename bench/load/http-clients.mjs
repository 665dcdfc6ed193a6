// Load: keep-alive connections that ask for some paths over and over. A process of its own, on bare sockets, so that it
// needs less CPU than the server it measures. Sends `{ requestsPerS, cpuUsPerRequest }` to its parent, the latter of the
// server. Options: { port, paths, connections, warmUpRequests, requests, serverPid }
import { connect } from 'node:net';
import { cpuUs } from '../kit/process-figures.mjs';

const { port, paths, connections, warmUpRequests, requests, serverPid } = JSON.parse(process.argv[2]);
const texts = paths.map((path) =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: application/json\r\n\r\n`),
);
const HEAD_END = Buffer.from('\r\n\r\n');

let answers = 0;
let asked = 0;
let cpuBefore = 0;
let startMs = 0;
for (let i = 0; i < connections; i++) openConnection();

function countAnswer() {
  answers++;
  if (answers === warmUpRequests) {
    cpuBefore = cpuUs(serverPid);
    startMs = performance.now();
  } else if (answers === warmUpRequests + requests) {
    const seconds = (performance.now() - startMs) / 1_000;
    const cpuUsPerRequest = (cpuUs(serverPid) - cpuBefore) / requests;
    process.send({ requestsPerS: requests / seconds, cpuUsPerRequest }, () => process.exit(0));
  }
}

function openConnection() {
  let due = 0;
  let head = Buffer.alloc(0);
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  const send = () => socket.write(texts[asked++ % texts.length]);
  socket.on('error', (error) => {
    throw error;
  });
  socket.on('connect', send);
  socket.on('data', (chunk) => {
    let rest = chunk.length;
    if (due === 0) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const end = head.indexOf(HEAD_END);
      if (end < 0) return;
      due = end + HEAD_END.length + bodyLengthOf(head.latin1Slice(0, end));
      rest = head.length;
      head = Buffer.alloc(0);
    }
    due -= rest;
    if (due < 0) throw new Error(`${-due} bytes more than the answer should have`);
    if (due > 0) return;
    countAnswer();
    send();
  });
}

function bodyLengthOf(head) {
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  if (!head.startsWith('HTTP/1.1 200 ') || length === undefined)
    throw new Error(`unexpected answer: ${head}`);
  return Number(length);
}
