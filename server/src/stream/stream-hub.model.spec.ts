import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import type { LoggedEvent } from '../market/index.js';
import type { StreamEvent } from './testing/event-stream.suite.js';
import { StreamDesk, SYMBOLS, type Connection } from './testing/stream-desk.suite.js';

type Action =
  | { readonly kind: 'bar'; readonly symbol: string; readonly gap: number }
  | { readonly kind: 'alert'; readonly symbol: string; readonly ownerId: number }
  | { readonly kind: 'flush' | 'heartbeat' | 'microbar' }
  | { readonly kind: 'stop reading' | 'read' | 'break' | 'return'; readonly who: number };

const who = fc.nat({ max: 2 });
const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('bar' as const),
        symbol: fc.constantFrom(...SYMBOLS),
        gap: fc.integer({ min: 1, max: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('alert' as const),
        symbol: fc.constantFrom(...SYMBOLS),
        ownerId: fc.constantFrom(1, 2),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('flush' as const, 'microbar' as const, 'heartbeat' as const),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('stop reading' as const, 'read' as const, 'break' as const, 'return' as const),
        who,
      }),
    },
  ),
  { minLength: 20, maxLength: 150 },
);

/** A person's client: it keeps what it was sent over all its connections and comes back with its cursor. */
class Viewer {
  connection: Connection | null = null;
  /** Offsets of the bars it holds, in the order they came; starts anew where it was told that something is missing. */
  held: number[] = [];
  /** The log's head when it last began to hold bars without a gap. */
  since = 0;
  private cursor: string | undefined;
  private taken = 0;

  constructor(
    private readonly desk: StreamDesk,
    readonly symbols: readonly string[],
  ) {}

  async arrive(): Promise<void> {
    if (this.connection !== null) return;
    this.connection = await this.desk.connect({ symbols: this.symbols, lastEventId: this.cursor });
    this.taken = 0;
    const { resume, cursor } = this.connection.bootstrap;
    if (resume.verdict !== 'exact') {
      this.held = [];
      this.since = resume.verdict === 'partial' ? this.desk.log.tail.evictedOffset : offsetOf(cursor);
    }
    this.cursor ??= cursor;
  }

  /** Takes in what it was sent so far. */
  take(): void {
    if (this.connection === null) return;
    const { events } = this.connection;
    const ids = events.flatMap(({ id }) => (id === undefined ? [] : [id]));
    for (const id of ids.slice(this.taken)) {
      this.held.push(offsetOf(id));
      this.cursor = id;
    }
    this.taken = ids.length;
    expectNoOutdatedMicrobars(events);
    if (this.connection.socket.destroyed) this.connection = null;
  }

  leave(): void {
    this.take();
    this.connection?.leave();
    this.connection = null;
  }
}

/** No forming bar of a seq at or below the last finalized one of its symbol that came before it. */
function expectNoOutdatedMicrobars(events: readonly StreamEvent[]): void {
  const finalized = new Map<string, number>();
  for (const { name, data } of events) {
    if (name !== 'bar' && name !== 'microbar') continue;
    const { symbol, seq } = JSON.parse(data) as { symbol: string; seq: number };
    if (name === 'bar') finalized.set(symbol, seq);
    else expect(seq).toBeGreaterThan(finalized.get(symbol) ?? -1);
  }
}

function offsetOf(cursor: string): number {
  return Number(cursor.slice(cursor.indexOf('-') + 1));
}

async function act(action: Action, desk: StreamDesk, viewers: readonly Viewer[]): Promise<void> {
  switch (action.kind) {
    case 'bar':
      await desk.next(action.symbol, action.gap);
      return;
    case 'alert':
      await desk.alert(action.symbol, action.ownerId);
      return;
    case 'flush':
      await desk.flush();
      return;
    case 'heartbeat':
      await desk.clock.advance(10_000);
      return;
    case 'microbar': {
      const forming = SYMBOLS.map(
        (symbol, index) => [symbol, (desk.log.lastSeq(index, '1m') ?? 0) + 1, 101] as const,
      );
      await desk.form(...forming);
      return;
    }
    case 'stop reading':
      viewers[action.who]?.connection?.socket.stopReading();
      return;
    case 'read':
      viewers[action.who]?.connection?.socket.read();
      return;
    case 'break':
      viewers[action.who]?.leave();
      return;
    case 'return':
      await viewers[action.who]?.arrive();
      return;
  }
}

describe('clients of the stream, whatever they and the network do', () => {
  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  });

  it('each holds, once and in order, every bar of its symbols and every alert for it since it was last told to seed', async () => {
    let exactReturns = 0;
    await fc.assert(
      fc.asyncProperty(actions, fc.integer({ min: 5, max: 60 }), async (script, tailCap) => {
        const desk = await StreamDesk.open({ tailCap, env: { SSE_BUFFER_CAP: 10 } });
        const viewers = [['SPY'], ['SPY', 'QQQ'], SYMBOLS].map((symbols) => new Viewer(desk, symbols));
        for (const viewer of viewers) await viewer.arrive();
        for (const action of script) {
          await act(action, desk, viewers);
          for (const viewer of viewers) if (viewer.connection?.socket.destroyed) viewer.take();
        }
        // Quiescence: everybody is back and reads.
        await desk.flush();
        for (const viewer of viewers) {
          viewer.connection?.socket.read();
          viewer.take();
          await viewer.arrive();
          viewer.take();
          const wanted = ({ offset, bar, alert }: LoggedEvent): boolean =>
            offset > viewer.since &&
            (bar === undefined
              ? alert.ownerId === 1 && viewer.symbols.includes(alert.symbol)
              : viewer.symbols.includes(bar.symbol));
          expect(viewer.held).toEqual(
            desk.archive.committedEvents.filter(wanted).map(({ offset }) => offset),
          );
        }
        exactReturns += desk.hub.stats.resumed['exact'] ?? 0;
      }),
      { numRuns: 40 },
    );
    expect(exactReturns).toBeGreaterThan(5);
  });
});
