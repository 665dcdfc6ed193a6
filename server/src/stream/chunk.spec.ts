import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { encodeChunk } from './chunk.js';
import { readChunks } from './testing/event-stream.suite.js';

/** What Node's own server puts on the wire after the head when it sends these texts in chunks. */
async function sentByNode(texts: readonly string[]): Promise<Buffer> {
  const server = createServer((_request, response) => {
    // One turn of the event loop for each, else Node joins them.
    const sendNext = (index: number): void => {
      const text = texts[index];
      if (text === undefined) response.end();
      else response.write(text, () => setImmediate(sendNext, index + 1));
    };
    sendNext(0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  server.close();
  const all = Buffer.concat(pieces);
  return all.subarray(all.indexOf('\r\n\r\n') + 4);
}

describe('a piece of the stream', () => {
  it('is framed byte for byte as Node frames it, whatever the letters', async () => {
    const texts = ['a', 'data: {"reason":"não há negócios ✓ 🙂"}\n\n', 'é'.repeat(5_000), '\n'.repeat(16)];
    const framed = Buffer.concat(texts.map((text) => encodeChunk(text).framed));
    expect(Buffer.concat([framed, Buffer.from('0\r\n\r\n')])).toEqual(await sentByNode(texts));
  });

  it('holds the same bytes framed and plain', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1 }), { maxLength: 8 }), (texts) => {
        const chunks = texts.map(encodeChunk);
        const plain = Buffer.concat(chunks.map((chunk) => chunk.plain));
        expect(readChunks(Buffer.concat(chunks.map((chunk) => chunk.framed)))).toEqual(plain);
        expect(plain).toEqual(Buffer.from(texts.join('')));
      }),
    );
  });
});
