/**
 * A piece of a stream, encoded once for every client it goes to. `framed` is the same bytes as one HTTP/1.1 chunk
 * (RFC 9112, section 7.1), ready for the socket.
 */
export interface StreamChunk {
  readonly plain: Buffer;
  readonly framed: Buffer;
}

const CRLF = '\r\n';

/** Encodes a run of frames. */
export function encodeChunk(text: string): StreamChunk {
  const length = Buffer.byteLength(text);
  const head = length.toString(16) + CRLF;
  const framed = Buffer.from(head + text + CRLF);
  return { plain: framed.subarray(head.length, head.length + length), framed };
}
