import { BASE_TIMEFRAME, timeframeMs, type FinishedMinute } from '@libs/bars';
import { decimalOf, instantByMagnitude, isPrice, isSize, isTradeTime } from '../live/vendor-numbers.js';

const MINUTE_MS = timeframeMs(BASE_TIMEFRAME);

type Message = Readonly<Record<string, unknown>>;

/** Minute of an `AM` event (start `s`, average trade size `z`); `undefined` when it is none. */
export function minuteOfEvent(event: Message, symbolIndex: number): FinishedMinute | undefined {
  const average = decimalOf(event['z']);
  const v = volumeOf(event);
  return minuteOf(event, symbolIndex, event['s'], average > 0 ? Math.round(v / average) : 0);
}

/** Minute of a row of aggregates (start `t`, number of trades `n`); `undefined` when it is none. */
export function minuteOfRow(row: Message, symbolIndex: number): FinishedMinute | undefined {
  return minuteOf(row, symbolIndex, row['t'], decimalOf(row['n'] ?? 0));
}

function minuteOf(
  message: Message,
  symbolIndex: number,
  start: unknown,
  n: number,
): FinishedMinute | undefined {
  const startMs = instantByMagnitude(start);
  const [o, h, l, c] = ['o', 'h', 'l', 'c'].map((name) => decimalOf(message[name])) as [
    number,
    number,
    number,
    number,
  ];
  const v = volumeOf(message);
  const vw = decimalOf(message['vw']);
  const isWhole = isTradeTime(startMs) && startMs % MINUTE_MS === 0;
  if (!isWhole || ![o, h, l, c].every(isPrice) || h < l || !isSize(v)) return undefined;
  return {
    symbolIndex,
    startMs,
    o,
    h,
    l,
    c,
    v,
    vw: isPrice(vw) ? vw : c,
    n: Number.isSafeInteger(n) && n >= 0 ? n : 0,
  };
}

/** The volume as text holds the fractions of shares. */
function volumeOf(message: Message): number {
  return decimalOf(typeof message['dv'] === 'string' ? message['dv'] : message['v']);
}
