/** An event as a browser would dispatch it, with what stood on the wire. */
export interface StreamEvent {
  readonly name: string;
  /** `undefined` where the frame had no `id` line. */
  readonly id: string | undefined;
  readonly data: string;
}

/** Everything a stream held. */
export interface StreamText {
  readonly events: readonly StreamEvent[];
  readonly retriesMs: readonly number[];
}

const FRAME = /^(?:event: ([a-z]+)\n(?:id: ([^\n\0]+)\n)?data: ([^\n]+)|retry: (\d+))$/;

/**
 * Reads an event stream of which every frame is complete and of this project's two forms. Throws on anything else, on
 * data that is no JSON, and on line ends that browsers would split at.
 */
export function readEventStream(text: string): StreamText {
  if (text !== '' && !text.endsWith('\n\n')) throw new Error(`ends within a frame: ${text.slice(-80)}`);
  if (text.includes('\r')) throw new Error('holds a carriage return');
  const events: StreamEvent[] = [];
  const retriesMs: number[] = [];
  for (const frame of text.split('\n\n').slice(0, -1)) {
    const [isFrame, name, id, data, retry] = FRAME.exec(frame) ?? [];
    if (isFrame === undefined) throw new Error(`not a frame: ${JSON.stringify(frame)}`);
    if (retry !== undefined) retriesMs.push(Number(retry));
    if (name === undefined || data === undefined) continue;
    JSON.parse(data);
    events.push({ name, id, data });
  }
  return { events, retriesMs };
}

/** Content of an HTTP/1.1 chunked body (RFC 9112, section 7.1) that may end between chunks. Throws on a wrong byte. */
export function readChunks(body: Buffer): Buffer {
  const content: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const lineEnd = body.indexOf('\r\n', at, 'latin1');
    const length = /^[0-9a-f]+$/.exec(body.toString('latin1', at, lineEnd))?.[0];
    if (lineEnd < 0 || length === undefined) throw new Error(`no chunk length at byte ${at}`);
    const start = lineEnd + 2;
    const end = start + parseInt(length, 16);
    if (body.toString('latin1', end, end + 2) !== '\r\n') throw new Error(`no line end at byte ${end}`);
    content.push(body.subarray(start, end));
    at = end + 2;
  }
  return Buffer.concat(content);
}
