import { isTimeframe, type Timeframe } from '@libs/bars';
import { spelledNumbers } from '../grounding/number-words.js';
import type { Intent, KnownSymbol } from './intent.js';
import { readSymbol } from './read-symbol.js';

/** Longest text that is looked at. */
const LONGEST_TEXT = 500;
/** Longest words that notes are looked through for. */
const LONGEST_WORDS = 80;
const DEFAULT_BARS = 5;
const MOST_BARS = 30;
const LONGEST_PERIOD = 500;

/** Levels by how they are called; the value is their name in the rule language. */
const LEVELS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:prior|previous|yesterday(?:'s)?)\s+(?:day'?s?\s+)?high\b/i, 'priorHigh'],
  [/\b(?:prior|previous|yesterday(?:'s)?)\s+(?:day'?s?\s+)?low\b/i, 'priorLow'],
  [/\b(?:prior|previous|yesterday(?:'s)?)\s+(?:day'?s?\s+)?open\b/i, 'priorOpen'],
  [/\b(?:prior|previous|yesterday(?:'s)?)\s+(?:day'?s?\s+)?close\b/i, 'priorClose'],
  [/\bpre-?market high\b/i, 'premarketHigh'],
  [/\bpre-?market low\b/i, 'premarketLow'],
  [/\bopening range high\b|\btop of the opening range\b/i, 'openingRangeHigh(15)'],
  [/\bopening range low\b|\bbottom of the opening range\b/i, 'openingRangeLow(15)'],
  [/\b(?:(?:today'?s?|day'?s?|session) high|high of (?:the )?day|hod)\b/i, 'dayHigh'],
  [/\b(?:(?:today'?s?|day'?s?|session) low|low of (?:the )?day|lod)\b/i, 'dayLow'],
  [/\b(?:today'?s?|day'?s?) open\b/i, 'dayOpen'],
  [/\bvwap\b|\bvolume[- ]weighted/i, 'vwap'],
];
const OPENING_RANGE = /\bopening range\b/i;
const INDICATOR =
  /\b(ema|sma|rsi|atr|adx|rvol)\b(?:\s*\(?\s*(\d{1,3})\b\)?)?|\b(\d{1,3})[- ](?:bar |period |day )?(ema|sma|rsi|atr|adx)\b/gi;
const DEFAULT_PERIODS: Readonly<Record<string, number>> = {
  ema: 20,
  sma: 20,
  rsi: 14,
  atr: 14,
  adx: 14,
  rvol: 10,
};
const RELATIVE_VOLUME = /\b(?:relative volume|usual volume|volume compared)\b/i;

const TIMEFRAMES: readonly (readonly [RegExp, (minutes: number) => string])[] = [
  [/\b(1|2|5|15|30)[- ]?(?:m|min|mins|minute|minutes)\b/i, (count) => `${count}m`],
  [/\b(1|4)[- ]?(?:h|hr|hour|hours)\b/i, (count) => `${count}h`],
  [/\b(1)[- ]?(?:d|day)\b|\bdaily\b/i, () => '1d'],
  [/\bhourly\b/i, () => '1h'],
];

const YES =
  /^(?:yes|yeah|yep|yup|sure|do it|go ahead|confirm(?:ed)?|ok(?:ay)?|please do|make it so|correct)\b[.! ]*$/i;
const NO = /^(?:no|nope|don'?t|cancel(?: it| that)?|never ?mind|leave it|forget it)\b[.! ]*$/i;
const STOP = /^(?:stop|quiet|silence|shut up|enough|hush|be quiet|mute)\b[.! ]*$/i;
const ADD_NOTE =
  /^(?:please\s+)?(?:(?:add|make|take|write)(?:\s+down)?\s+(?:a\s+|this\s+|the\s+)?note(?:\s+(?:that|saying))?|note(?:\s+that|\s*:))[:,]?\s+(.+)$/is;
const NOTES = /\b(?:notes?|journal)\b/i;
const NOTES_ABOUT = /\b(?:notes?|journal)\b.*?\b(?:about|on|with|saying|for|of)\s+(.+?)[?.! ]*$/i;
const HELP = /\b(?:help|what can (?:you|i)|how do (?:i|you) use|commands)\b/i;
const ALERT =
  /\b(?:alert|tell|warn|ping|notify|let me know|remind)\b.*\b(?:when|if|once)\b|\b(?:set|create|add|make)\b.*\b(?:alert|rule)\b/i;
const ABOVE =
  /\b(?:above|over|crosses up|breaks? (?:out|above|over)|reclaims?|higher than|up through|hits|reaches)\b/i;
const BELOW =
  /\b(?:below|under|breaks? down|loses?|falls? (?:to|through|below|under)|drops? (?:to|through|below|under)|lower than)\b/i;
const SWITCH = /\b(?:show|switch|open|go|bring|change|put)\b.*\b(?:chart|to|up|me|on)\b|\bshow\b/i;
const REPLAY = /\breplay\b|\bplay\b.*\bagain\b|\bplay back\b/i;
const DAY =
  /\b(\d{4}-\d{2}-\d{2}|today|this morning|yesterday|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b/i;
const SPEED = /\b(\d{1,4}(?:\.\d)?)\s*(?:x|times)\b/i;
const BACKTEST =
  /\b(?:back-?test|how (?:has|have|did|would|does) .*\b(?:rule|setup|perform|work|do(?:ne)?)|performance of|track record)\b/i;
const WHY = /\bwhy\b/i;
const SIGNALS = /\b(?:signals?|alerts?|fired|triggered|went off)\b/i;
const RULES = /\brules?\b|\bsetups?\b/i;
const SESSION =
  /\b(?:market|session|exchange|trading)\b.*\b(?:open|opens|close|closes|closed|hours|end|ends|start|starts|now)\b|\bwhen (?:do|does|is|will)\b.*\b(?:open|close|opens|closes|bell)\b|\bhow long (?:until|till|to)\b|\bis (?:it|the market) open\b|\b(?:which|what) session\b|\btime (?:to|until|till) (?:the )?(?:open|close|bell)\b/i;
const BARS = /\b(?:bars?|candles?|minutes?|range|recent|lately|been doing|what happened|move[ds]?)\b/i;
const LEVELS_ASKED = /\b(?:levels?|key levels|support|resistance|where are we)\b/i;
const PRICE =
  /\b(?:price|trading|quote|last|at|doing|worth|how(?:'s| is| much)|where(?:'s| is)|what(?:'s| is)|up|down)\b/i;

/**
 * Reads what a trader wants out of plain words, typed or recognised. A closed grammar: a text that fits none of it is
 * `unknown`, and nothing in a text can name a tool that is not here.
 */
export function readIntent(asked: string, known: readonly KnownSymbol[]): Intent {
  const text = asked.normalize('NFKC').slice(0, LONGEST_TEXT).trim();
  if (YES.test(text)) return { kind: 'yes' };
  if (NO.test(text)) return { kind: 'no' };
  if (STOP.test(text)) return { kind: 'stop' };
  const symbol = readSymbol(text, known);
  const note = ADD_NOTE.exec(text)?.[1]?.trim();
  if (note !== undefined) return { kind: 'addNote', symbol, text: note };
  const timeframe = readTimeframe(text);
  if (ALERT.test(text)) {
    const alert = readAlert(text, symbol);
    if (alert !== null) return alert;
  }
  if (NOTES.test(text)) return { kind: 'notes', words: quotedName(text) ?? wordsAfter(NOTES_ABOUT, text) };
  if (REPLAY.test(text)) return readReplay(text, symbol);
  if (BACKTEST.test(text)) return { kind: 'backtest', rule: quotedName(text) };
  if (WHY.test(text)) return { kind: 'why', symbol, atMinute: readClock(text), rule: quotedName(text) };
  if (SESSION.test(text)) return { kind: 'session', symbol };
  if (SIGNALS.test(text)) return { kind: 'signals', symbol };
  const values = readValues(text);
  if (values.length > 0) return { kind: 'values', symbol, timeframe, of: values };
  if (LEVELS_ASKED.test(text)) return { kind: 'values', symbol, timeframe, of: [] };
  if (SWITCH.test(text) && (symbol !== null || timeframe !== null) && !BARS.test(withoutTimeframe(text)))
    return { kind: 'switchChart', symbol, timeframe };
  if (RULES.test(text)) return { kind: 'rules' };
  if (BARS.test(text) && (symbol !== null || /\bbars?|candles?\b/i.test(text)))
    return { kind: 'bars', symbol, timeframe, count: readCount(text) };
  if (HELP.test(text)) return { kind: 'help' };
  if (symbol !== null || PRICE.test(text)) {
    return symbol !== null || /\b(?:it|price|quote|last)\b/i.test(text)
      ? { kind: 'quote', symbol }
      : { kind: 'unknown' };
  }
  return { kind: 'unknown' };
}

function readTimeframe(text: string): Timeframe | null {
  for (const [pattern, name] of TIMEFRAMES) {
    const match = pattern.exec(text);
    const timeframe = match && name(Number(match[1]));
    if (timeframe && isTimeframe(timeframe)) return timeframe;
  }
  return null;
}

function withoutTimeframe(text: string): string {
  return TIMEFRAMES.reduce((rest, [pattern]) => rest.replace(pattern, ' '), text);
}

function readAlert(text: string, symbol: string | null): Intent | null {
  const side = BELOW.test(text) ? 'below' : ABOVE.test(text) ? 'above' : null;
  if (side === null) return null;
  const behind = text.slice(text.search(side === 'below' ? BELOW : ABOVE));
  const level = readValues(behind)[0] ?? readNumber(behind);
  return level === null ? null : { kind: 'createAlert', symbol, side, level };
}

function readReplay(text: string, symbol: string | null): Intent {
  const day = DAY.exec(text)?.[1]?.toLowerCase().replace('this morning', 'today') ?? null;
  const speed = SPEED.exec(text)?.[1];
  return {
    kind: 'startReplay',
    symbol,
    day,
    atMinute: readClock(text),
    speed: speed === undefined ? null : Number(speed),
  };
}

function readValues(text: string): string[] {
  const found: { at: number; name: string }[] = [];
  for (const [pattern, name] of LEVELS) {
    const at = text.search(pattern);
    if (at !== -1) found.push({ at, name });
  }
  if (OPENING_RANGE.test(text) && !found.some(({ name }) => name.startsWith('openingRange'))) {
    const at = text.search(OPENING_RANGE);
    found.push({ at, name: 'openingRangeHigh(15)' }, { at, name: 'openingRangeLow(15)' });
  }
  for (const match of text.matchAll(INDICATOR)) {
    const word = (match[1] ?? match[4] ?? '').toLowerCase();
    const period = Number(match[2] ?? match[3] ?? DEFAULT_PERIODS[word]);
    if (period >= 1 && period <= LONGEST_PERIOD) found.push({ at: match.index, name: `${word}(${period})` });
  }
  if (RELATIVE_VOLUME.test(text)) found.push({ at: text.search(RELATIVE_VOLUME), name: 'rvol(10)' });
  return [...new Set(found.sort((a, b) => a.at - b.at).map(({ name }) => name))];
}

function readNumber(text: string): number | null {
  const digits = /(?<![\w.])\$?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?/.exec(text);
  if (digits) return Number(`${(digits[1] ?? '').replaceAll(',', '')}${digits[2] ?? ''}`);
  return spelledNumbers(text)[0]?.value ?? null;
}

function readCount(text: string): number {
  const match =
    /\b(?:last|past|recent)\s+(\d{1,3}|[a-z-]+)\s+(?:[\w-]+\s+)?(?:bars?|candles?|minutes?)\b/i.exec(text);
  const count = match === null ? null : readNumber(match[1] ?? '');
  if (match !== null && count === null && /^(?:one)$/i.test(match[1] ?? '')) return 1;
  if (count === null && /\blast (?:bar|candle)\b/i.test(text)) return 1;
  return Math.max(1, Math.min(MOST_BARS, count ?? DEFAULT_BARS));
}

/** Minutes after midnight of the first time of day. */
function readClock(text: string): number | null {
  const half = /\b(1[0-2]|0?[1-9])(?::([0-5]\d))?\s*([ap])\.?m\b/i.exec(text);
  if (half !== null) {
    const hour = (Number(half[1]) % 12) + (half[3]?.toLowerCase() === 'p' ? 12 : 0);
    return hour * 60 + Number(half[2] ?? 0);
  }
  const match = /\b([01]?\d|2[0-3]):([0-5]\d)\b/.exec(text);
  return match === null ? null : Number(match[1]) * 60 + Number(match[2]);
}

function wordsAfter(pattern: RegExp, text: string): string {
  return pattern.exec(text)?.[1]?.trim().slice(0, LONGEST_WORDS) ?? '';
}

function quotedName(text: string): string | null {
  return /["“']([^"”']{1,80})["”']/.exec(text)?.[1]?.trim() ?? null;
}
