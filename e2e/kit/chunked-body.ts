const CRLF = '\r\n';
const HEX_LENGTH = /^[0-9a-f]{1,8}$/i;

/**
 * Unpacks a body in chunks (RFC 9112), strictly; what breaks the framing throws. Content is given out as it comes, as a
 * browser does: a line that breaks in the middle of a long chunk has still brought what came before.
 */
export class ChunkedBody {
  private rest: Buffer = Buffer.alloc(0);
  /** Bytes of the current chunk that are still to come, `null` between chunks. */
  private toCome: number | null = null;
  private ended = false;

  /** Whether the last chunk, the one of length 0, has come: the body is complete and was not cut off. */
  get isComplete(): boolean {
    return this.ended;
  }

  /** Takes received bytes; returns the content that came with them. */
  push(bytes: Buffer): Buffer {
    this.rest = Buffer.concat([this.rest, bytes]);
    const content: Buffer[] = [];
    for (;;) {
      if (this.toCome === null && !this.takeLength()) break;
      const taken = this.rest.subarray(0, this.toCome ?? 0);
      content.push(taken);
      this.rest = this.rest.subarray(taken.length);
      this.toCome = (this.toCome ?? 0) - taken.length;
      if (this.toCome > 0 || !this.takeLineEnd()) break;
    }
    return Buffer.concat(content);
  }

  /** Whether the line with a chunk's length is there. */
  private takeLength(): boolean {
    const lineEnd = this.rest.indexOf(CRLF);
    if (lineEnd < 0) {
      if (this.rest.length > 10)
        throw new Error(
          `${JSON.stringify(this.rest.toString('latin1', 0, 40))} is not the length of a chunk`,
        );
      return false;
    }
    this.toCome = this.lengthIn(this.rest.toString('latin1', 0, lineEnd));
    this.rest = this.rest.subarray(lineEnd + CRLF.length);
    return true;
  }

  /** Whether the line end behind a chunk is there. */
  private takeLineEnd(): boolean {
    if (this.rest.length < CRLF.length) return false;
    if (this.rest.toString('latin1', 0, CRLF.length) !== CRLF)
      throw new Error('a chunk is not followed by a line end');
    this.rest = this.rest.subarray(CRLF.length);
    this.toCome = null;
    return true;
  }

  private lengthIn(line: string): number {
    if (this.ended) throw new Error('something follows the last chunk');
    if (!HEX_LENGTH.test(line)) throw new Error(`"${line.slice(0, 40)}" is not the length of a chunk`);
    const length = parseInt(line, 16);
    if (length === 0) this.ended = true;
    return length;
  }
}
