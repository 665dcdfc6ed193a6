import type { Bar, Timeframe } from '@libs/bars';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** Length of each timeframe, written down once more: specs do not trust the table they test. */
export const LENGTH_MS: Readonly<Record<Timeframe, number>> = {
  '1m': MINUTE_MS,
  '2m': 2 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '1d': DAY_MS,
};

/** All timeframes, finest first. */
export const ALL_TIMEFRAMES = Object.keys(LENGTH_MS) as Timeframe[];

type RolledUp = Pick<Bar, 'seq' | 'bar_start' | 'bar_end' | 'prev_seq' | 'n' | 'ohlcv' | 'vw'>;

/** Rolls 1-minute bars of a US share up, the plain way: group by where a minute belongs, then fold each group. */
export function rollUpMinutes(minutes: readonly Bar[], timeframe: Timeframe): RolledUp[] {
  const lengthMs = LENGTH_MS[timeframe];
  const groups = new Map<number, Bar[]>();
  for (const minute of minutes) {
    const startMs =
      timeframe === '1d'
        ? newYorkMidnightMs(minute.bar_start)
        : Math.floor(minute.bar_start / lengthMs) * lengthMs;
    groups.set(startMs, [...(groups.get(startMs) ?? []), minute]);
  }
  let previousSeq: number | null = null;
  return [...groups].map(([startMs, group]) => {
    const seq = Math.floor(startMs / lengthMs);
    const bar = {
      seq,
      prev_seq: previousSeq,
      bar_start: startMs,
      bar_end: startMs + lengthMs,
      ...fold(group),
    };
    previousSeq = seq;
    return bar;
  });
}

function fold(group: readonly Bar[]): Pick<RolledUp, 'ohlcv' | 'vw' | 'n'> {
  const volume = group.reduce((sum, { ohlcv }) => sum + ohlcv.v, 0);
  const ohlcv = {
    o: group[0]!.ohlcv.o,
    h: Math.max(...group.map((bar) => bar.ohlcv.h)),
    l: Math.min(...group.map((bar) => bar.ohlcv.l)),
    c: group.at(-1)!.ohlcv.c,
    v: volume,
  };
  const vw = group.reduce((sum, bar) => sum + bar.vw * bar.ohlcv.v, 0) / volume;
  return { ohlcv, vw, n: group.reduce((sum, bar) => sum + bar.n, 0) };
}

const newYorkTime = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  hour: 'numeric',
  minute: 'numeric',
});

/** Midnight in New York of the day that holds `tsMs`; right on days without a clock change, which is all specs use. */
function newYorkMidnightMs(tsMs: number): number {
  const part = (type: string): number =>
    Number(newYorkTime.formatToParts(tsMs).find((one) => one.type === type)?.value);
  return Math.floor(tsMs / MINUTE_MS) * MINUTE_MS - (part('hour') * 60 + part('minute')) * MINUTE_MS;
}
