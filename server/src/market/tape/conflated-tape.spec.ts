import { describe, expect, it } from '@jest/globals';
import { createTradeBatch, pushTrade, UPDATES_ALL, UPDATES_VOLUME, type TradeBatch } from '@libs/bars';
import type { TapeEvent } from '@libs/contract';
import fc from 'fast-check';
import { ManualClock } from '../../common/manual-clock.js';
import { ConflatedTape, ROWS_PER_TAPE } from './conflated-tape.js';

const SYMBOLS = ['SPY', 'QQQ', 'AAPL'].map((symbol) => ({ symbol }));

interface Print {
  readonly symbolIndex?: number;
  readonly tsMs?: number;
  readonly price: number;
  readonly size?: number;
  readonly updates?: number;
}

function batchOf(prints: readonly Print[]): TradeBatch {
  const batch = createTradeBatch(Math.max(1, prints.length));
  prints.forEach(({ symbolIndex = 0, tsMs, price, size = 1, updates = UPDATES_ALL }, index) => {
    pushTrade(batch, { symbolIndex, tsMs: tsMs ?? index, price, size, updates });
  });
  return batch;
}

/** A tape with what it has told since it was asked last. */
class Desk {
  readonly clock = new ManualClock(0);
  readonly tape: ConflatedTape;
  private told: TapeEvent[] = [];

  constructor(symbols: readonly { readonly symbol: string }[] = SYMBOLS) {
    this.tape = new ConflatedTape(symbols, this.clock);
    this.tape.told$.subscribe((events) => this.told.push(...events));
  }

  trade(...prints: readonly Print[]): void {
    this.tape.collect(batchOf(prints));
  }

  /** Lets a quarter of a second pass. */
  async next(): Promise<TapeEvent[]> {
    await this.clock.advance(250);
    const { told } = this;
    this.told = [];
    return told;
  }
}

const tradesIn = ({ rows, left_out }: TapeEvent): number => rows.reduce((sum, { n }) => sum + n, left_out);

describe('the conflated tape', () => {
  it('collects nothing of a symbol that nobody looks at', async () => {
    const desk = new Desk();
    desk.tape.collect(batchOf([{ price: 10 }]));
    desk.tape.demand('QQQ');
    desk.tape.collect(batchOf([{ price: 10 }]));
    expect(await desk.next()).toEqual([]);
    expect(desk.tape.demanded).toEqual(['QQQ']);
  });

  it('makes one row of the trades at one price, one after the other', async () => {
    const desk = new Desk();
    desk.tape.demand('SPY');
    desk.tape.collect(
      batchOf([
        { price: 10, size: 3, tsMs: 5 },
        { price: 10, size: 4, tsMs: 4 },
        { price: 11, tsMs: 6 },
        { price: 10, tsMs: 7 },
      ]),
    );
    expect(await desk.next()).toEqual([
      {
        symbol: 'SPY',
        rows: [
          { ts: 5, price: 10, size: 7, n: 2 },
          { ts: 6, price: 11, size: 1, n: 1 },
          { ts: 7, price: 10, size: 1, n: 1 },
        ],
        left_out: 0,
      },
    ]);
    expect(await desk.next()).toEqual([]);
  });

  it('tells trades that count for the volume alone, and is silent about those that count for nothing', async () => {
    const desk = new Desk();
    desk.tape.demand('SPY');
    desk.tape.collect(
      batchOf([{ price: 10 }, { price: 10, updates: UPDATES_VOLUME }, { price: 99, updates: 0 }]),
    );
    expect((await desk.next())[0]?.rows).toEqual([
      { ts: 0, price: 10, size: 1, n: 1 },
      { ts: 1, price: 10, size: 1, n: 1, volume_only: true },
    ]);
  });

  it('a size is a sum that people can read', async () => {
    const desk = new Desk();
    desk.tape.demand('SPY');
    desk.tape.collect(
      batchOf([
        { price: 10, size: 0.1 },
        { price: 10, size: 0.2 },
      ]),
    );
    expect((await desk.next())[0]?.rows[0]?.size).toBe(0.3);
  });

  it('keeps the newest rows of a burst, and counts every trade', async () => {
    const prints = fc.array(
      fc.record({
        symbolIndex: fc.nat(2),
        price: fc.integer({ min: 1, max: 3 }),
        size: fc.integer({ min: 1, max: 9 }),
        updates: fc.constantFrom(UPDATES_ALL, UPDATES_VOLUME, 0),
      }),
      { maxLength: 120 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(prints, { maxLength: 4 }), async (batches) => {
        const desk = new Desk();
        desk.tape.demand('SPY');
        desk.tape.demandedElsewhere(['AAPL']);
        for (const batch of batches) desk.tape.collect(batchOf(batch));
        const told = await desk.next();
        const all = batches.flat();
        for (const [index, { symbol }] of SYMBOLS.entries()) {
          const counted = all.filter(({ symbolIndex, updates }) => symbolIndex === index && updates !== 0);
          const event = told.find((one) => one.symbol === symbol);
          expect(event === undefined ? 0 : tradesIn(event)).toBe(symbol === 'QQQ' ? 0 : counted.length);
          if (event === undefined) continue;
          expect(event.rows.length).toBeLessThanOrEqual(ROWS_PER_TAPE);
          expect(event.rows.at(-1)?.price).toBe(counted.at(-1)?.price);
          const shown = counted.slice(event.left_out);
          expect(event.rows.reduce((sum, { size }) => sum + size, 0)).toBe(
            shown.reduce((sum, { size }) => sum + size, 0),
          );
        }
      }),
    );
  });

  it('runs a timer while somebody looks, here or elsewhere', () => {
    const desk = new Desk();
    expect(desk.clock.pendingTimers).toBe(0);
    const leave = desk.tape.demand('SPY');
    desk.tape.demandedElsewhere(['QQQ']);
    expect(desk.clock.pendingTimers).toBe(1);
    leave();
    expect(desk.clock.pendingTimers).toBe(1);
    desk.tape.demandedElsewhere([]);
    expect(desk.clock.pendingTimers).toBe(0);
  });

  it('ends with the last one who looks', async () => {
    const desk = new Desk();
    const [one, other] = [desk.tape.demand('SPY'), desk.tape.demand('SPY')];
    one();
    one();
    desk.tape.collect(batchOf([{ price: 10 }]));
    expect(await desk.next()).toHaveLength(1);
    other();
    await desk.next();
    desk.tape.collect(batchOf([{ price: 10 }]));
    expect(await desk.next()).toEqual([]);
  });

  it('knows symbols that come in later, and forgets a time that nobody looks at any more', async () => {
    const symbols = [...SYMBOLS];
    const desk = new Desk(symbols);
    desk.tape.demand('AMD');
    symbols.push({ symbol: 'AMD' });
    desk.tape.collect(batchOf([{ symbolIndex: 3, price: 10 }]));
    desk.tape.forget();
    expect(await desk.next()).toEqual([]);
    desk.trade({ symbolIndex: 3, price: 11 });
    expect(await desk.next()).toEqual([
      { symbol: 'AMD', rows: [{ ts: 0, price: 11, size: 1, n: 1 }], left_out: 0 },
    ]);
  });
});
