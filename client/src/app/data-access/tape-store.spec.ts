import { TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { MarketStream } from './market-stream';
import { StreamConnector } from './stream-connector';
import { TapeStore } from './tape-store';
import { ScriptedConnector } from './testing/scripted-connector';

const ignore = (): void => undefined;

describe('the tape of the desk', () => {
  let server: ScriptedConnector;
  let tape: TapeStore;

  beforeEach(() => {
    server = new ScriptedConnector();
    TestBed.configureTestingModule({ providers: [{ provide: StreamConnector, useValue: server }] });
    tape = TestBed.inject(TapeStore);
    TestBed.inject(MarketStream).open(
      { symbols: ['SPY', 'QQQ'], timeframes: ['1m'], sinceSeq: 1 },
      {
        onBootstrap: ignore,
        onEpoch: ignore,
        onBar: ignore,
        onAlert: ignore,
        onMicrobar: ignore,
        onStatus: ignore,
      },
    );
    server.bootstrap('exact');
  });

  function print(rows: readonly object[], left_out = 0, symbol = 'SPY'): void {
    server.send('tape', { symbol, rows, left_out });
  }

  const row = (ts: number, price: number, more = {}): object => ({ ts, price, size: 5, n: 2, ...more });

  it('asks for the tape of the symbol that is shown, and for none afterwards', () => {
    expect(server.asked).not.toHaveProperty('tape');
    tape.show('SPY');
    expect(server.asked).toMatchObject({ tape: 'SPY' });
    tape.show(null);
    expect(server.asked).not.toHaveProperty('tape');
    expect(tape.symbol()).toBeNull();
  });

  it('holds the newest line first, each with its direction against the price before', () => {
    tape.show('SPY');
    print([row(1, 10), row(2, 11)]);
    print([row(3, 11), row(4, 9, { volume_only: true }), row(5, 10.5)], 7);
    expect(tape.lines().map(({ tsMs, direction }) => [tsMs, direction])).toEqual([
      [5, 'down'],
      [4, 'none'],
      [3, 'same'],
      [2, 'up'],
      [1, 'none'],
    ]);
    expect(tape.lines()[4]).toEqual({
      id: 1,
      tsMs: 1,
      price: 10,
      size: 5,
      trades: 2,
      direction: 'none',
      isVolumeOnly: false,
      leftOutBefore: 0,
    });
    expect(tape.lines().map(({ leftOutBefore }) => leftOutBefore)).toEqual([0, 0, 7, 0, 0]);
    expect(tape.lines()[1]?.isVolumeOnly).toBe(true);
  });

  it('keeps the newest 200', () => {
    tape.show('SPY');
    for (let ts = 0; ts < 30; ts++)
      print(Array.from({ length: 16 }, (_, index) => row(ts * 16 + index, 10 + index)));
    expect(tape.lines()).toHaveLength(200);
    expect(tape.lines()[0]?.tsMs).toBe(479);
    expect(tape.lines().at(-1)?.tsMs).toBe(280);
    expect(new Set(tape.lines().map(({ id }) => id)).size).toBe(200);
  });

  it('begins empty with another symbol, whose first price has no direction', () => {
    tape.show('SPY');
    print([row(1, 10)]);
    tape.show('QQQ');
    expect(tape.lines()).toEqual([]);
    print([row(2, 11)], 0, 'SPY');
    expect(tape.lines()).toEqual([]);
    print([row(3, 12)], 0, 'QQQ');
    expect(tape.lines()[0]?.direction).toBe('none');
  });
});
