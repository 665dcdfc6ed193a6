import { describe, expect, it } from '@jest/globals';
import { Desk, utcSymbols } from './testing/desk.suite.js';
import { at, trade } from './testing/trades.suite.js';
import { UPDATES_VOLUME } from './trade-batch.js';

describe('the forming bars that changed', () => {
  it('are those of every timeframe that is asked for, from fine to coarse', () => {
    const desk = new Desk().take(trade('14:37:10', 10), trade('14:37:20', 12));
    expect(desk.forming()).toEqual([
      'A 1m 14:37 o10 h12 l10 c12 v200',
      'A 2m 14:36 o10 h12 l10 c12 v200',
      'A 5m 14:35 o10 h12 l10 c12 v200',
      'A 15m 14:30 o10 h12 l10 c12 v200',
      'A 30m 14:30 o10 h12 l10 c12 v200',
      'A 1h 14:00 o10 h12 l10 c12 v200',
      'A 4h 12:00 o10 h12 l10 c12 v200',
      'A 1d 00:00 o10 h12 l10 c12 v200',
    ]);
  });

  it('are told once: nothing more until another trade', () => {
    const desk = new Desk().take(trade('14:30:10', 10));
    expect(desk.forming('1m', '5m')).toHaveLength(2);
    expect(desk.forming('1m', '5m')).toEqual([]);
    desk.clock('14:30:50');
    expect(desk.forming('1m', '5m')).toEqual([]);
    desk.take(trade('14:30:51', 11));
    expect(desk.forming('5m')).toEqual(['A 5m 14:30 o10 h11 l10 c11 v200']);
    expect(desk.forming('1m')).toEqual([]);
  });

  it('come in the order of the symbols, and only of those that traded', () => {
    const desk = new Desk({ dayStarts: utcSymbols(3) }).take(
      trade('14:30:10', 30, { symbolIndex: 2 }),
      trade('14:30:11', 10),
    );
    expect(desk.forming('1m', '2m')).toEqual([
      'A 1m 14:30 o10 h10 l10 c10 v100',
      'A 2m 14:30 o10 h10 l10 c10 v100',
      'C 1m 14:30 o30 h30 l30 c30 v100',
      'C 2m 14:30 o30 h30 l30 c30 v100',
    ]);
  });

  it('carry the time of the newest trade of the symbol', () => {
    const desk = new Desk().take(trade('14:30:10', 10), trade('14:30:20', 11), trade('14:30:15', 12));
    expect(desk.takeForming(['1m', '1d']).map((forming) => forming.tsMs)).toEqual([
      at('14:30:20'),
      at('14:30:20'),
    ]);
  });

  it('do not show a minute that has no price yet, but its volume once it has one', () => {
    const desk = new Desk().take(trade('14:30:10', 10, { updates: UPDATES_VOLUME }));
    expect(desk.forming()).toEqual([]);
    desk.take(trade('14:30:20', 11));
    expect(desk.forming('1m', '5m')).toEqual([
      'A 1m 14:30 o11 h11 l11 c11 v200',
      'A 5m 14:30 o11 h11 l11 c11 v200',
    ]);
  });

  it('change with a trade that only adds volume', () => {
    const desk = new Desk().take(trade('14:30:10', 10));
    desk.forming();
    desk.take(trade('14:30:20', 99, { updates: UPDATES_VOLUME }));
    expect(desk.forming('1m')).toEqual(['A 1m 14:30 o10 h10 l10 c10 v200']);
  });

  it('hold finalized minutes and the open one together', () => {
    const desk = new Desk().take(trade('14:30:10', 10), trade('14:31:10', 15), trade('14:32:10', 8));
    expect(desk.forming('5m', '1h')).toEqual([
      'A 5m 14:30 o10 h15 l8 c8 v300',
      'A 1h 14:00 o10 h15 l8 c8 v300',
    ]);
  });
});

describe('at the turn of a minute', () => {
  it('the minute within its grace and the new one are both forming, in time order', () => {
    const desk = new Desk().take(trade('14:31:50', 10), trade('14:32:00.100', 20), trade('14:31:59.900', 11));
    expect(desk.forming('1m', '2m', '5m')).toEqual([
      'A 1m 14:31 o10 h11 l10 c11 v200',
      'A 1m 14:32 o20 h20 l20 c20 v100',
      'A 2m 14:30 o10 h11 l10 c11 v200',
      'A 2m 14:32 o20 h20 l20 c20 v100',
      'A 5m 14:30 o10 h20 l10 c20 v300',
    ]);
  });

  it('only the one that changed is told, with all that its buckets hold', () => {
    const desk = new Desk().take(trade('14:34:50', 10), trade('14:35:00.100', 20));
    desk.forming();
    desk.take(trade('14:34:59.900', 11));
    expect(desk.forming('1m', '5m', '15m')).toEqual([
      'A 1m 14:34 o10 h11 l10 c11 v200',
      'A 5m 14:30 o10 h11 l10 c11 v200',
      'A 15m 14:30 o10 h20 l10 c20 v300',
    ]);
  });

  it('minutes of two buckets make two forming bars, whichever row they lie in', () => {
    for (const turn of ['14:35', '14:40']) {
      const desk = new Desk().take(trade(at(turn) - 10_000, 10), trade(at(turn) + 100, 20));
      const [oldBucket, newBucket] = [at(turn) - 300_000, at(turn)];
      expect(desk.takeForming(['5m']).map((forming) => [forming.barStartMs, forming.ohlcv.c])).toEqual([
        [oldBucket, 10],
        [newBucket, 20],
      ]);
    }
  });

  it('with a grace of a minute the old one may change for as long', () => {
    const desk = new Desk({ graceMs: 60_000 }).take(trade('14:34:50', 10), trade('14:35:59', 20));
    desk.forming();
    desk.take(trade('14:34:55', 12));
    expect(desk.forming('1m', '5m')).toEqual([
      'A 1m 14:34 o10 h12 l10 c12 v200',
      'A 5m 14:30 o10 h12 l10 c12 v200',
    ]);
  });
});

describe('a finalized minute', () => {
  it('is no longer forming', () => {
    const desk = new Desk().take(trade('14:30:10', 10)).clock('14:31:01');
    expect(desk.forming('1m')).toEqual([]);
    desk.take(trade('14:31:10', 20));
    expect(desk.forming('1m')).toEqual(['A 1m 14:31 o20 h20 l20 c20 v100']);
  });

  it('that no sample has shown is still told of in its buckets', () => {
    const desk = new Desk().take(trade('14:30:10', 10)).clock('14:31:01');
    expect(desk.forming('1m', '2m', '5m')).toEqual([
      'A 2m 14:30 o10 h10 l10 c10 v100',
      'A 5m 14:30 o10 h10 l10 c10 v100',
    ]);
    expect(desk.forming('1m', '2m', '5m')).toEqual([]);
  });

  it('that was shown in full is not told of again', () => {
    const desk = new Desk().take(trade('14:30:10', 10));
    desk.forming();
    desk.clock('14:31:01');
    expect(desk.forming()).toEqual([]);
  });

  it('takes its buckets along when they end with it', () => {
    const desk = new Desk().take(trade('14:34:10', 10)).clock('14:35:01');
    expect(desk.forming('1m', '5m', '15m')).toEqual(['A 15m 14:30 o10 h10 l10 c10 v100']);
    desk.take(trade('14:35:10', 20));
    expect(desk.forming('5m', '15m')).toEqual([
      'A 5m 14:35 o20 h20 l20 c20 v100',
      'A 15m 14:30 o10 h20 l10 c20 v200',
    ]);
  });
});

describe('sampling', () => {
  it('never changes what is finalized', () => {
    const trades = [
      trade('14:30:10', 10),
      trade('14:30:59', 11),
      trade('14:31:00.5', 20),
      trade('14:30:59.9', 12),
    ];
    const sampled = new Desk();
    for (const one of trades) sampled.take(one).forming();
    expect(sampled.finish().closed).toEqual(new Desk().take(...trades).finish().closed);
  });
});

describe('looking at the forming bars of a symbol', () => {
  const peek = (desk: Desk, symbolIndex: number, timeframe: '1m' | '5m' | '1d') => {
    const forming: string[] = [];
    desk.pipeline.peekForming(symbolIndex, timeframe, ({ barStartMs, ohlcv }) =>
      forming.push(`${new Date(barStartMs).toISOString().slice(11, 16)} c${ohlcv.c} v${ohlcv.v}`),
    );
    return forming;
  };

  it('shows them changed or not, and leaves what changed to the next sample', () => {
    const desk = new Desk().take(trade('14:34:10', 10), trade('14:35:00.5', 20));
    for (let look = 0; look < 2; look++) {
      expect(peek(desk, 0, '1m')).toEqual(['14:34 c10 v100', '14:35 c20 v100']);
      expect(peek(desk, 0, '5m')).toEqual(['14:30 c10 v100', '14:35 c20 v100']);
      expect(peek(desk, 0, '1d')).toEqual(['00:00 c20 v200']);
    }
    expect(desk.forming('1m')).toHaveLength(2);
    expect(peek(desk, 0, '1m')).toHaveLength(2);
  });

  it('shows a bucket of finalized minutes through a quiet one', () => {
    const desk = new Desk().take(trade('14:31:10', 10)).clock('14:33:30');
    expect(peek(desk, 0, '1m')).toEqual([]);
    expect(peek(desk, 0, '5m')).toEqual(['14:30 c10 v100']);
  });

  it('shows nothing of another symbol, of a minute without a price, or of what is finalized', () => {
    const desk = new Desk({ dayStarts: utcSymbols(2) }).take(
      trade('14:30:10', 10, { symbolIndex: 1, updates: UPDATES_VOLUME }),
      trade('14:30:11', 10),
    );
    expect(peek(desk, 1, '1m')).toEqual([]);
    expect(peek(desk, 1, '5m')).toEqual([]);
    expect(peek(desk.finish(), 0, '1d')).toEqual([]);
  });
});
