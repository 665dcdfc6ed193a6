import { mulberry32 } from '../../kit/trade-files.js';
import { EventSourceReader } from '../readers/event-source-reader.js';
import { RawReader } from '../readers/raw-reader.js';
import type { ChaosReader } from '../readers/reader.js';
import { STAGE, type StageOptions } from './stage-options.js';

const CUT_BYTES = 14_000;
const CUT_PAUSE_MS = 120;
const CALM_PAUSE_MS = 400;

/** Makes the readers of a stage: every kind, of minutes and of bars rolled up from them, of all symbols and of some. */
export function seatReaders(
  { seed, cutReaders, calmReaders }: StageOptions,
  ports: () => readonly number[],
): ChaosReader[] {
  const { symbols, watchdogMs } = STAGE;
  const common = (index: number) => ({
    ports,
    watchdogMs,
    random: mulberry32(seed * 1_000 + index),
    symbols: index % 4 === 3 ? symbols.slice(0, 2) : symbols,
    timeframe: index % 5 === 4 ? ('2m' as const) : ('1m' as const),
  });
  const cut = Array.from(
    { length: cutReaders },
    (_, index) =>
      new RawReader({
        ...common(index),
        name: `raw ${index + 1}, cut`,
        mostBytes: CUT_BYTES,
        longestPauseMs: CUT_PAUSE_MS,
      }),
  );
  const calm = Array.from({ length: calmReaders }, (_, index) => {
    const options = {
      ...common(100 + index),
      name: `${index % 2 === 0 ? 'raw' : 'eventsource'} ${index + 1}, calm`,
    };
    return index % 2 === 0
      ? new RawReader({ ...options, mostBytes: Infinity, longestPauseMs: CALM_PAUSE_MS })
      : new EventSourceReader(options);
  });
  return [...cut, ...calm];
}
