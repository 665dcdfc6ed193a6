/** What is said of a parameter wherever its name is used; names mean the same on every route. */
export interface ParameterNote {
  readonly description: string;
  readonly example: string | number;
}

const SEQ = 29_382_234;

/** By name. A route's own description comes first. */
export const PARAMETER_NOTES: Readonly<Record<string, ParameterNote>> = {
  symbol: { description: 'Symbol, in any case', example: 'SPY' },
  symbols: { description: 'Symbols, separated by commas', example: 'SPY,QQQ' },
  tape: { description: 'Those of the symbols whose tape is sent', example: 'SPY' },
  timeframe: { description: 'Length of a bar', example: '1m' },
  limit: { description: 'Most entries to answer with', example: 300 },
  sinceSeq: { description: 'Only bars with a seq above this', example: SEQ },
  before: { description: 'Only bars with a seq below this', example: SEQ },
  seq: { description: 'Bar, by its number: floor(bar_start / timeframe_ms)', example: SEQ },
  from: { description: 'Begin of the range', example: SEQ },
  to: { description: 'End of the range', example: SEQ + 390 },
  id: { description: 'Id of what is asked for', example: 'r-b6e3ea00b5fc' },
  rule: { description: 'Id of a rule', example: 'r-b6e3ea00b5fc' },
  version: { description: 'Version that is meant; another one is refused', example: 1 },
  replay: { description: 'Id of a replay of this session', example: 'p3043fddc9c87418c' },
  name: { description: 'Name of what is meant', example: 'quote' },
  part: { description: 'Number of a part, from 0', example: 0 },
  search: { description: 'Part of a symbol or a name', example: 'apple' },
  asset_class: { description: 'Kind of symbol', example: 'us_equity' },
  kind: { description: 'Kind of entries', example: 'refused' },
  after: { description: 'Entries passed over', example: 0 },
  ids: { description: 'These and no others, separated by commas', example: 't-3q2-7wAAAAAAAAAAAAAAAA' },
  date: { description: 'Local day', example: '2026-11-19' },
  zone: { description: 'Time zone by its place', example: 'America/New_York' },
  currency: { description: 'Currency of the trades', example: 'USD' },
  setup: { description: 'Only what was noted with this setup', example: 'VWAP reclaim' },
  tag: { description: 'Only what was noted with this tag', example: 'patient' },
  q: { description: 'Words that are looked for', example: 'too early' },
  format: { description: 'Format of the file', example: 'json' },
  lastEventId: {
    description: 'Cursor to resume from: the id of the last event received',
    example: String(SEQ),
  },
  'Idempotency-Key': {
    description:
      'Chosen by the client, a new one for each thing it wants made: a repetition gets the first answer and makes nothing. Kept for a day',
    example: 'entry-2026-06-01-1',
  },
  'Last-Event-ID': { description: 'As lastEventId; browsers send it by themselves', example: String(SEQ) },
};
