const CRLF = '\r\n';
const HEX_LENGTH = /^[0-9a-f]{1,8}$/i;

/** Takes an HTTP/1.1 chunked body apart as RFC 9112 has it. Throws on the first byte that does not belong. */
export class ChunkedBody {
  private rest = Buffer.alloc(0);
  private ended = false;

  /** Whether the last chunk, the one of length 0, has come: the body is complete and was not cut off. */
  get isComplete(): boolean {
    return this.ended;
  }

  /** Takes received bytes; returns the content that is complete with them. */
  push(bytes: Buffer): Buffer {
    this.rest = Buffer.concat([this.rest, bytes]);
    const content: Buffer[] = [];
    for (;;) {
      const lineEnd = this.rest.indexOf(CRLF);
      if (lineEnd < 0) break;
      const length = this.lengthIn(this.rest.toString('latin1', 0, lineEnd));
      const start = lineEnd + CRLF.length;
      if (this.rest.length < start + length + CRLF.length) break;
      if (this.rest.toString('latin1', start + length, start + length + CRLF.length) !== CRLF)
        throw new Error(`a chunk of ${length} bytes is not followed by a line end`);
      content.push(this.rest.subarray(start, start + length));
      this.rest = this.rest.subarray(start + length + CRLF.length);
      if (length === 0) this.ended = true;
    }
    return Buffer.concat(content);
  }

  private lengthIn(line: string): number {
    if (this.ended) throw new Error('something follows the last chunk');
    if (!HEX_LENGTH.test(line)) throw new Error(`"${line.slice(0, 40)}" is not the length of a chunk`);
    return parseInt(line, 16);
  }
}
