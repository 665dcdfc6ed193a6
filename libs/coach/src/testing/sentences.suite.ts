import type { Stage, World } from './world.suite.js';

/** A sentence and what it is an example of. */
export interface Sample {
  readonly about: string;
  readonly sentence: string;
}

const p = (value: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const pct = (value: number, decimals = 2): string => Math.abs(value).toFixed(decimals);
const valueOf = ({ values }: Stage, tag: string, scope = 'none'): number =>
  values.values.find((one) => one.tag === tag && one.scope === scope)!.value!;
const clock = (ms: number): string =>
  new Date(ms).toLocaleTimeString('en-GB', {
    timeZone: 'America/New_York',
    hour: '2-digit',
    minute: '2-digit',
  });

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = '  twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** "six hundred fifty-two point eight four" */
export function spelled(value: number): string {
  const [whole = '0', fraction = ''] = value.toFixed(2).split('.');
  const digits = Array.from(fraction, (digit) => ONES[Number(digit)]!).join(' ');
  return `${spelledWhole(Number(whole))} point ${digits}`;
}

function spelledWhole(value: number): string {
  if (value < 20) return ONES[value]!;
  if (value < 100)
    return value % 10 === 0 ? TENS[value / 10]! : `${TENS[Math.floor(value / 10)]}-${ONES[value % 10]}`;
  const rest = value % 100;
  return `${ONES[Math.floor(value / 100)]} hundred${rest === 0 ? '' : ` ${spelledWhole(rest)}`}`;
}

function moveOf({ quote, prior }: Stage): { up: boolean; points: number; percent: number } {
  const points = Math.round((quote.price - prior) * 100) / 100;
  return {
    up: points > 0,
    points: Math.abs(points),
    percent: Math.abs(((quote.price - prior) / prior) * 100),
  };
}

/** What a careful speaker says of a world, in many ways. */
export function truthful(world: World): Sample[] {
  const { one, other, backtest, session } = world;
  const { quote, bars } = one;
  const newest = bars.at(-1)!;
  const early = bars[1]!;
  const move = moveOf(one);
  const way = move.up ? 'up' : 'down';
  const vwap = valueOf(one, 'vwap');
  const off = Math.round((newest.ohlcv.c - vwap) * 100) / 100;
  const rsi = valueOf(one, 'rsi14');
  const minutesLeft = Math.floor((session.endMs - world.grounds.nowMs) / 60_000);
  const volume = newest.ohlcv.v;
  const short = volume >= 10_000 ? `${(volume / 1_000).toFixed(1)}K` : volume.toLocaleString('en-US');
  const sample = (about: string, sentence: string): Sample => ({ about, sentence });
  return [
    sample('price', `SPY is at ${p(quote.price)}.`),
    sample('price', `Right now SPY trades at $${p(quote.price)}.`),
    sample('price in words', `SPY is at ${spelled(quote.price)}.`),
    sample('price without a symbol', `It is at ${p(quote.price)}.`),
    sample('about a price', `SPY is around ${Math.round(quote.price)}.`),
    sample('change', `SPY is ${way} ${p(move.points)}, ${pct(move.percent)}%, from the prior close.`),
    sample(
      'change',
      `${way === 'up' ? 'Up' : 'Down'} ${pct(move.percent)} percent so far, last price ${p(quote.price)}.`,
    ),
    sample('signed change', `SPY at ${p(quote.price)} (${move.up ? '+' : '−'}${pct(move.percent)}%).`),
    sample('two symbols', `SPY is at ${p(quote.price)} and QQQ at ${p(other.quote.price)}.`),
    sample('two symbols', `QQQ trades at ${p(other.quote.price)}, while SPY trades at ${p(quote.price)}.`),
    sample('prior close', `The prior close was ${p(one.prior)}.`),
    sample('prior close', `Yesterday it closed at ${p(one.prior)}.`),
    sample('vwap', `VWAP is ${p(vwap)}.`),
    sample('vwap distance', `The last close is ${p(Math.abs(off))} ${off < 0 ? 'below' : 'above'} VWAP.`),
    sample(
      'vwap with distance',
      `VWAP stands at ${p(vwap)}; the close is ${p(Math.abs(off))} ${off < 0 ? 'below' : 'above'} VWAP.`,
    ),
    sample('ema', `The EMA 20 is at ${p(valueOf(one, 'ema20'))} on the 1-minute chart.`),
    sample('ema', `20 EMA: ${p(valueOf(one, 'ema20'))}.`),
    sample('rsi', `RSI 14 is ${rsi.toFixed(1)}.`),
    sample('rsi', `The RSI(14) reads ${rsi.toFixed(1)}, VWAP is ${p(vwap)}.`),
    sample('relative volume', `Volume is ${valueOf(one, 'rvol').toFixed(1)} times the usual.`),
    sample('relative volume', `It trades ${valueOf(one, 'rvol').toFixed(1)}x its usual volume.`),
    sample(
      'day high',
      `Today's high is ${p(valueOf(one, 'high', 'day'))}, the low ${p(valueOf(one, 'low', 'day'))}.`,
    ),
    sample('day high', `The session high stands at ${p(valueOf(one, 'high', 'day'))}.`),
    sample('prior high', `The prior high is ${p(valueOf(one, 'high', 'prior'))}.`),
    sample(
      'bar',
      `The last bar closed at ${p(newest.ohlcv.c)} with a high of ${p(newest.ohlcv.h)} and a low of ${p(newest.ohlcv.l)}.`,
    ),
    sample('bar at a time', `At ${clock(early.bar_start)} the bar closed at ${p(early.ohlcv.c)}.`),
    sample(
      'bar at a time',
      `The ${clock(early.bar_start)} bar opened at ${p(early.ohlcv.o)} and closed at ${p(early.ohlcv.c)}.`,
    ),
    sample('volume', `The last bar traded ${short} shares.`),
    sample('volume', `Volume of the last bar: ${volume.toLocaleString('en-US')}.`),
    sample(
      'range',
      `Over the last 5 bars it traded between ${p(Math.min(...bars.map((bar) => bar.ohlcv.l)))} and ${p(Math.max(...bars.map((bar) => bar.ohlcv.h)))}.`,
    ),
    sample(
      'close of the market',
      `The market closes at 16:00 ET, in ${Math.floor(minutesLeft / 60)} h ${minutesLeft % 60} min.`,
    ),
    sample('close of the market', 'The bell rings at 4:00 pm, when the market closes.'),
    sample('next open', 'The next open is at 9:30 am.'),
    sample(
      'backtest',
      `“${world.rule.name}” gave ${backtest.signals} signals over ${backtest.barsJudged.toLocaleString('en-US')} bars.`,
    ),
    sample(
      'backtest',
      `It made ${backtest.trades} trades with ${backtest.wins} wins, +${backtest.meanR!.toFixed(2)}R a trade.`,
    ),
    sample('backtest', `The hit rate is ${Math.round(backtest.hitRate! * 100)}%.`),
    sample('backtest', `The deepest drawdown was ${backtest.maxDrawdownR.toFixed(1)}R.`),
    sample('no figure', 'SPY is above VWAP and quiet; one of your rules watches it.'),
    sample('no figure', 'I do not know that.'),
    sample(
      'several',
      `SPY ${p(quote.price)}, ${way} ${pct(move.percent)}%; RSI 14 at ${rsi.toFixed(1)}; VWAP ${p(vwap)}.`,
    ),
  ];
}

/** What must never be said of a world. */
export function untrue(world: World, old: World): (Sample & { readonly world: World })[] {
  const { one, other, backtest } = world;
  const { quote, bars } = one;
  const newest = bars.at(-1)!;
  const [early, later] = [bars[1]!, bars[2]!];
  const move = moveOf(one);
  const vwap = valueOf(one, 'vwap');
  const rsi = valueOf(one, 'rsi14');
  const sample = (about: string, sentence: string, where = world): Sample & { world: World } => ({
    about,
    sentence,
    world: where,
  });
  return [
    sample('one cent off', `SPY is at ${p(quote.price + 0.01)}.`),
    sample('a digit off', `SPY trades at ${p(quote.price + 10)}.`),
    sample('digits swapped', `SPY is at ${p(quote.price + 0.27)} now.`),
    sample(
      'rounded without saying so',
      `SPY is at ${(Math.round(quote.price * 10) / 10 + (Math.abs(quote.price * 10 - Math.round(quote.price * 10)) < 1e-6 ? 0.1 : 0)).toFixed(1)}.`,
    ),
    sample('rounded too far', `SPY is around ${Math.round(quote.price / 50) * 50 + 50}.`),
    sample('more than it is', `SPY is over ${Math.ceil(quote.price)}.`),
    sample('in words', `SPY is at ${spelled(quote.price + 1)}.`),
    sample('of another symbol', `SPY is at ${p(other.quote.price)}.`),
    sample('swapped symbols', `SPY is at ${p(other.quote.price)} and QQQ at ${p(quote.price)}.`),
    sample('wrong unit', `SPY is up ${p(quote.price)}%.`),
    sample('percent for points', `SPY moved ${p(move.points + 7)} percent.`),
    sample('wrong direction', `SPY is ${move.up ? 'down' : 'up'} ${pct(move.percent)}%.`),
    sample('wrong sign', `SPY: ${move.up ? '−' : '+'}${p(move.points)}.`),
    sample(
      'high for low',
      `Today's high is ${p(valueOf(one, 'low', 'day'))}, the low ${p(valueOf(one, 'high', 'day'))}.`,
    ),
    sample('high as price', `SPY is at ${p(valueOf(one, 'high', 'day'))}.`),
    sample('prior high as today', `Today's high is ${p(valueOf(one, 'high', 'prior'))}.`),
    sample('prior close as price', `SPY is at ${p(one.prior)} now.`),
    sample('vwap as ema', `The EMA 20 is ${p(vwap)}.`),
    sample('another period', `The EMA 50 is ${p(valueOf(one, 'ema20'))}.`),
    sample(
      'wrong side',
      `The last close is ${p(Math.abs(newest.ohlcv.c - vwap))} ${newest.ohlcv.c < vwap ? 'above' : 'below'} VWAP.`,
    ),
    sample('level as distance', `SPY is ${p(vwap)} above VWAP.`),
    sample('another bar', `At ${clock(early.bar_start)} the bar closed at ${p(later.ohlcv.c)}.`),
    sample('no time named', `The bar closed at ${p(early.ohlcv.c)}.`),
    sample('wrong rsi', `RSI 14 is ${(rsi + 3).toFixed(1)}.`),
    sample('rsi hidden in a name', `RSI ${Math.round(rsi) + 9} says overbought.`),
    sample('volume', `The last bar traded ${newest.ohlcv.v + 1_000} shares.`),
    sample('volume in millions', `Volume is ${(newest.ohlcv.v / 1_000).toFixed(1)}M.`),
    sample('factor', 'Volume is twice the usual.'),
    sample('count', `It made ${backtest.trades + 1} trades.`),
    sample('other things', `It gave ${backtest.trades} signals.`),
    sample('hit rate', `The hit rate is ${Math.round(backtest.hitRate! * 100) + 5}%.`),
    sample('time', 'The market closes at 15:45.'),
    sample('open for close', 'The market closes at 9:30.'),
    sample('target', `I see ${p(quote.price + 5)} as the next target.`),
    sample('date', 'On March 3 it was the same.'),
    sample('chance', 'There is a 70% chance of a bounce.'),
    sample('in a name', `“${p(quote.price + 2)}” is where SPY trades.`),
    sample('other digits', 'SPY is at ٦٥٢.'),
    sample('old price as present', `SPY is at ${p(old.one.quote.price)}.`, old),
    sample('wrong age', `Prices of SPY are 5 min old, so I quote none.`),
  ];
}
