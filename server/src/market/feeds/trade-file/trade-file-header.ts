/** Column numbers of a trade file, as its header orders them; -1 where an optional column is missing. */
export interface TradeFileColumns {
  readonly count: number;
  readonly time: number;
  /** Digits to cut from a time stamp to get milliseconds: 0 for `ts_ms`, 3 for `ts_us`, 6 for `ts_ns`. */
  readonly timeDigitsBelowMs: number;
  readonly price: number;
  readonly size: number;
  readonly conditions: number;
  readonly suspicious: number;
}

const TIME_COLUMNS: ReadonlyMap<string, number> = new Map([
  ['ts_ms', 0],
  ['ts_us', 3],
  ['ts_ns', 6],
]);
const REQUIRED = ['price', 'size', 'exchange', 'conditions'];
const OPTIONAL = ['suspicious', 'id'];

/**
 * Reads the header line of a trade file. Gives the fault as a text where the line is not such a header: a column is
 * missing, unknown (a misspelt `suspicious` must not pass for a file without one), or there twice.
 */
export function parseTradeFileHeader(line: string): TradeFileColumns | string {
  const names = line.split(',');
  const times = names.filter((name) => TIME_COLUMNS.has(name));
  const [time] = times;
  const missing = REQUIRED.filter((name) => !names.includes(name));
  const unknown = names.filter(
    (name) => !TIME_COLUMNS.has(name) && !REQUIRED.includes(name) && !OPTIONAL.includes(name),
  );
  if (time === undefined) return 'the header names no time column (ts_ms, ts_us or ts_ns)';
  if (missing.length > 0) return `the header lacks ${missing.join(', ')}`;
  if (unknown.length > 0) return `the header names an unknown column "${unknown[0]?.slice(0, 40) ?? ''}"`;
  if (times.length > 1 || new Set(names).size !== names.length) return 'the header names a column twice';
  return {
    count: names.length,
    time: names.indexOf(time),
    timeDigitsBelowMs: TIME_COLUMNS.get(time) ?? 0,
    price: names.indexOf('price'),
    size: names.indexOf('size'),
    conditions: names.indexOf('conditions'),
    suspicious: names.indexOf('suspicious'),
  };
}
