import type { EpochMs } from '@libs/bars';
import { isStale, type Fact } from '../facts/fact.js';
import { factsOf } from '../facts/facts-of.js';
import type {
  BacktestFinding,
  BarsFinding,
  Finding,
  NotesFinding,
  QuoteFinding,
  RulesFinding,
  SessionFinding,
  SignalsFinding,
  SpokenSignal,
  ValuesFinding,
  WhyFinding,
} from '../facts/findings.js';
import {
  clockText,
  countText,
  percentText,
  priceText,
  spanText,
  volumeText,
  zoneText,
} from '../facts/format.js';
import { spokenName } from './spoken-name.js';

/** Said in place of a sentence that has no source. */
export const UNKNOWN = 'I do not know that.';

/** Rules and signals named one by one in an answer; the rest are counted. */
const NAMED_AT_MOST = 3;
/** Words of a reason before it is cut. */
const LONGEST_REASON = 280;

/**
 * A finding in the coach's words: short, what is, then why; no advice, no praise. One sentence an entry. Every figure is one
 * of `factsOf(finding)`; an old price is not quoted, its age is.
 */
export function answerOf(finding: Finding, nowMs: EpochMs): string[] {
  switch (finding.kind) {
    case 'quote':
      return quoteAnswer(finding, nowMs);
    case 'bars':
      return barsAnswer(finding, nowMs);
    case 'values':
      return valuesAnswer(finding, nowMs);
    case 'session':
      return sessionAnswer(finding, nowMs);
    case 'rules':
      return rulesAnswer(finding);
    case 'signals':
      return signalsAnswer(finding);
    case 'why':
      return whyAnswer(finding);
    case 'backtest':
      return backtestAnswer(finding);
    case 'notes':
      return notesAnswer(finding);
  }
}

function quoteAnswer(finding: QuoteFinding, nowMs: EpochMs): string[] {
  const { of, price, ts, session, priorClose, feedState } = finding;
  if (price === null || ts === null) return [`No trade of ${of.symbol} is on record yet.`];
  const [last] = factsOf(finding, nowMs) as [Fact];
  if (isStale(last, nowMs)) return [oldPrices(of.symbol, nowMs - ts)];
  const at = priceText(price, of.priceDecimals);
  const isClosed = session === 'closed';
  const head = isClosed
    ? `The market is closed; ${of.symbol} last traded at ${at}, at ${clockText(ts, of.calendar)} ${zoneText(of.calendar)}.`
    : `${of.symbol} is at ${at}${changeText(price, priorClose?.price, of.priceDecimals)}.`;
  return [head, ...stateWords(feedState)];
}

/** What a listener must know of prices that are not simply the market's. */
function stateWords(feedState: string): string[] {
  if (feedState === 'simulated') return ['These prices are simulated.'];
  if (feedState === 'delayed') return ['These prices are delayed.'];
  return [];
}

function oldPrices(symbol: string, ageMs: number): string {
  return `Prices of ${symbol} are ${spanText(ageMs)} old, so I quote none.`;
}

function changeText(price: number, before: number | undefined, decimals: number): string {
  if (before === undefined) return '';
  const change = Number((price - before).toFixed(decimals));
  if (change === 0) return ', unchanged from the prior close';
  const percent = percentText(((price - before) / before) * 100);
  return `, ${change > 0 ? 'up' : 'down'} ${priceText(Math.abs(change), decimals)} or ${percent} from the prior close`;
}

function barsAnswer({ of, bars, timeframe }: BarsFinding, nowMs: EpochMs): string[] {
  const first = bars[0];
  const newest = bars.at(-1);
  if (first === undefined || newest === undefined)
    return [`No ${timeframe} bar of ${of.symbol} is on record yet.`];
  const price = (value: number): string => priceText(value, of.priceDecimals);
  const { o, h, l, c, v } = newest.ohlcv;
  const time = `${clockText(newest.bar_start, of.calendar)} ${zoneText(of.calendar)}`;
  const last = `The ${timeframe} bar of ${time} opened at ${price(o)}, high ${price(h)}, low ${price(l)}, closed at ${price(c)}, volume ${volumeText(v)}.`;
  if (bars.length === 1) return [last];
  const high = Math.max(...bars.map((bar) => bar.ohlcv.h));
  const low = Math.min(...bars.map((bar) => bar.ohlcv.l));
  const move = Number((c - first.ohlcv.o).toFixed(of.priceDecimals));
  const way =
    move === 0
      ? 'is unchanged'
      : `is ${move > 0 ? 'up' : 'down'} ${price(Math.abs(move))} or ${percentText((move / first.ohlcv.o) * 100)}`;
  return [
    `Over the last ${countText(bars.length, 'bars')} ${of.symbol} ${way}, between a low of ${price(low)} and a high of ${price(high)}.`,
    ...(isOld(newest.bar_end, nowMs, newest.bar_end - newest.bar_start) ? [] : [last]),
  ];
}

function isOld(barEndMs: EpochMs, nowMs: EpochMs, lengthMs: number): boolean {
  return nowMs - barEndMs > lengthMs + 30_000;
}

function valuesAnswer(finding: ValuesFinding, nowMs: EpochMs): string[] {
  const { of, bar, timeframe, values } = finding;
  if (bar === null) return [`No ${timeframe} bar of ${of.symbol} is on record yet.`];
  if (isOld(bar.bar_end, nowMs, bar.bar_end - bar.bar_start))
    return [
      `The newest ${timeframe} bar of ${of.symbol} is ${spanText(nowMs - bar.bar_end)} old, so I quote none.`,
    ];
  const known = values.filter(({ value }) => value !== null);
  const sentences = known.map(({ name, unit, value, isLevel }) => {
    const number = value ?? NaN;
    const head = `${capital(name)} of ${of.symbol} is`;
    if (unit === 'multiple') return `${head} ${number.toFixed(1)} times.`;
    if (unit === 'index') return `${head} ${number.toFixed(1)}.`;
    const level = priceText(number, of.priceDecimals);
    if (!isLevel) return `${head} ${level}.`;
    const off = Number((bar.ohlcv.c - number).toFixed(of.priceDecimals));
    if (off === 0) return `${head} ${level}; the last close is at it.`;
    const away = priceText(Math.abs(off), of.priceDecimals);
    return `${head} ${level}; the last close is ${away} ${off < 0 ? 'below' : 'above'} ${name}.`;
  });
  const unknown = values.filter(({ value }) => value === null).map(({ name }) => name);
  if (unknown.length > 0) sentences.push(`Not known yet: ${unknown.join(', ')}.`);
  return sentences;
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function sessionAnswer({ of, session, endMs, nextOpenMs }: SessionFinding, nowMs: EpochMs): string[] {
  const clock = (tsMs: EpochMs): string => `${clockText(tsMs, of.calendar)} ${zoneText(of.calendar)}`;
  switch (session) {
    case 'open24':
      return [`${of.symbol} trades around the clock.`];
    case 'regular':
      return [`The market is open; it closes at ${clock(endMs)}, in ${spanText(endMs - nowMs)}.`];
    case 'pre':
      return [
        `This is the pre-market; the regular session opens at ${clock(endMs)}, in ${spanText(endMs - nowMs)}.`,
      ];
    case 'post':
    case 'closed': {
      const head = session === 'post' ? 'This is the post-market.' : 'The market is closed.';
      return nextOpenMs === null
        ? [head]
        : [
            head,
            `The next regular session opens at ${clock(nextOpenMs)}, in ${spanText(nextOpenMs - nowMs)}.`,
          ];
    }
  }
}

function rulesAnswer({ rules }: RulesFinding): string[] {
  if (rules.length === 0) return ['You have no rule yet.'];
  const named = rules
    .slice(0, NAMED_AT_MOST)
    .map(({ name, enabled }) => `“${spokenName(name)}”${enabled ? '' : ' (off)'}`);
  const more = rules.length > NAMED_AT_MOST ? ' and others' : '';
  return [`You have ${countText(rules.length, 'rules')}: ${named.join(', ')}${more}.`];
}

function signalsAnswer({ symbol, signals }: SignalsFinding): string[] {
  const [newest] = signals;
  if (newest === undefined) return [symbol === null ? 'No signal yet.' : `No signal of ${symbol} yet.`];
  return [
    ...(signals.length > 1 ? [`There are ${countText(signals.length, 'signals')}; this is the newest.`] : []),
    signalWords(newest),
    shortened(newest.why),
  ];
}

function notesAnswer({ words, notes, hasMore }: NotesFinding): string[] {
  if (notes.length === 0)
    return [words === '' ? 'Your journal has no note yet.' : 'No note of yours holds those words.'];
  const named = notes
    .map(({ text }) => spokenName(text))
    .filter((text) => text !== '')
    .slice(0, NAMED_AT_MOST)
    .map((text) => `“${text}”`);
  const count = countText(notes.length, 'notes');
  const head = hasMore ? `Of many, these are your newest ${count}` : `You have ${count}`;
  return [named.length === 0 ? `${head}, without words.` : `${head}; the newest: ${named.join(', ')}.`];
}

/** "“VWAP reclaim” signalled on SPY at 10:17 ET, close 650.98." */
export function signalWords({ ruleName, of, bar }: SpokenSignal): string {
  const time = `${clockText(bar.bar_start, of.calendar)} ${zoneText(of.calendar)}`;
  return `“${spokenName(ruleName)}” signalled on ${of.symbol} at ${time}, close ${priceText(bar.ohlcv.c, of.priceDecimals)}.`;
}

function whyAnswer({ of, rule, bar, why }: WhyFinding): string[] {
  const time = `${clockText(bar.bar_start, of.calendar)} ${zoneText(of.calendar)}`;
  return [`“${spokenName(rule.name)}” on ${of.symbol} at ${time}:`, shortened(why)];
}

function shortened(why: string): string {
  const text = why.trim();
  const whole = /[.!?]$/.test(text) ? text : `${text}.`;
  return whole.length > LONGEST_REASON ? `It is a long reason; the receipt of the signal shows it.` : whole;
}

function backtestAnswer(finding: BacktestFinding): string[] {
  const { rule, barsJudged, signals, trades, wins, meanR, totalR, isSmallSample } = finding;
  const head = `“${spokenName(rule.name)}” gave ${countText(signals, 'signals')} over ${countText(barsJudged, 'bars')}.`;
  if (trades === 0 || meanR === null) return [head, 'None of them could be traded to its end.'];
  const r = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}R`;
  return [
    head,
    `${countText(trades, 'trades')}, ${countText(wins, 'wins')}: ${r(meanR)} a trade, ${r(totalR)} in total.`,
    ...(isSmallSample ? ['Too few trades to act on.'] : []),
  ];
}
