/** An event as it was dispatched. */
export interface SseEvent {
  readonly name: string;
  /** The `id` line of this very event, `undefined` when it has none. */
  readonly id: string | undefined;
  /** As it stood on the wire, byte for byte. */
  readonly data: string;
}

/**
 * Parser of an event stream that takes nothing but what this project means to send: lines that end in a line feed, the
 * fields `event`, `id`, `data`, `retry`, each at most once in an event, and comments. Anything else throws.
 */
export class SseText {
  readonly events: SseEvent[] = [];
  /** Values of `retry` in milliseconds, as they came. */
  readonly retriesMs: number[] = [];
  /** What a browser would send as `Last-Event-ID`; moves when an event is complete, never before. */
  lastEventId: string | undefined;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private readonly fields = new Map<string, string>();
  private rest = '';

  push(bytes: Uint8Array): void {
    this.rest += this.decoder.decode(bytes, { stream: true });
    const lines = this.rest.split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.takeLine(line);
  }

  private takeLine(line: string): void {
    if (line === '') {
      this.dispatch();
      return;
    }
    if (line.startsWith(':')) return;
    const [, field, value] = /^(event|id|data|retry): (.*)$/.exec(line) ?? [];
    if (field === undefined || value === undefined || line.includes('\r'))
      throw new Error(`not a line of an event stream: ${JSON.stringify(line.slice(0, 80))}`);
    if (this.fields.has(field)) throw new Error(`an event has two ${field} lines`);
    this.fields.set(field, value);
  }

  private dispatch(): void {
    const { fields } = this;
    const [id, data, retry] = [fields.get('id'), fields.get('data'), fields.get('retry')];
    const name = fields.get('event');
    fields.clear();
    if (retry !== undefined) {
      if (!/^\d+$/.test(retry)) throw new Error(`retry is "${retry}"`);
      this.retriesMs.push(Number(retry));
    }
    if (id !== undefined) this.lastEventId = id;
    if (data === undefined) return;
    if (name === undefined) throw new Error(`data without a name: ${data.slice(0, 80)}`);
    this.events.push({ name, id, data });
  }
}
