// A recorded day played again at full speed with rules at work, beside the bar builder alone on the same trades.
import { writeFileSync } from 'node:fs';
import { buildBars } from '../kit/bar-builder.mjs';
import { comparison, interleave } from '../kit/compare.mjs';
import { libEntry, serverFile, temporaryFolder } from '../kit/paths.mjs';
import { ruleOf } from '../kit/plain-rule.mjs';
import { readDay, tradeFile } from '../kit/trade-tape.mjs';

const { compileRule } = await import(libEntry('rules'));
const { barStartOf } = await import(libEntry('bars'));
const { dayStartOf } = await import(libEntry('calendar'));
const { describeSymbol } = await import(serverFile('market/feeds/symbol-info.js'));
const { parseTradeFileName } = await import(serverFile('market/feeds/trade-file/trade-file-name.js'));
const { TradeFileCache } = await import(serverFile('market/feeds/trade-file/trade-file-cache.js'));
const { ReplayJudge } = await import(serverFile('replay/replay-judge.js'));
const { ReplayRun } = await import(serverFile('replay/replay-run.js'));

const RULES = 20;
const NOON_MS = 12 * 3_600_000;
/** A day holds 25 hours at most. */
const PAST_ANY_DAY_MS = 26 * 3_600_000;
const CACHE_BYTES = 2 ** 28;
/** Nothing is on record: the day is made of its trades. */
const NOTHING_STORED = { read: () => Promise.resolve([]) };

export default async function run({ quick }) {
  const path = await tradeFile(temporaryFolder('replay'), writeFileSync);
  const name = parseTradeFileName(path);
  const day = readDay(path);
  const files = new TradeFileCache(CACHE_BYTES);
  const rules = Array.from({ length: RULES }, (_, index) =>
    compileRule(ruleOf(conditionOf(index), `r${index}`)),
  );
  let signals = 0;
  const results = await interleave({
    rounds: quick ? 5 : 15,
    ours: () =>
      measure(async () => {
        const played = await play(name, files, rules);
        signals = played.record.alertCount;
        if (played.record.countOf('1m') < 300) throw new Error('the replay made too few bars');
      }),
    peer: () => measure(() => Promise.resolve(buildBars(day))),
  });
  if (signals === 0) throw new Error('no rule found anything');
  return [
    comparison(results, ({ cpuMs }) => cpuMs, {
      what: `replay at max of ${day.tsMs.length.toLocaleString('en-US')} trades of SPY with ${RULES} rules`,
      unit: 'ms CPU',
      peer: 'the bar builder alone',
      bound: { atMost: 3 },
    }),
  ];
}

async function play(name, files, rules) {
  const symbol = describeSymbol(name.symbol, name.dialect);
  const dayStart = dayStartOf(symbol.calendar);
  const dayStartMs = dayStart(name.dateMs + NOON_MS);
  const plan = {
    symbols: [
      {
        symbol,
        files: [name],
        dayStart,
        dayStartMs,
        beginMs: barStartOf(dayStartMs, '4h', dayStart),
        knownOffset: 0,
      },
    ],
    timeframe: '1m',
    fromMs: dayStartMs,
    toMs: dayStart(dayStartMs + PAST_ANY_DAY_MS),
  };
  const played = new ReplayRun({
    plan,
    stored: NOTHING_STORED,
    files,
    graceMs: 1_000,
    recentCap: 20_000,
    judge: await ReplayJudge.open(plan, rules, NOTHING_STORED),
    replayId: 'p0000000000000000',
    ownerId: 1,
    onTrades: () => undefined,
  });
  await played.open();
  await played.advance(Infinity);
  played.close();
  return played;
}

/** Kinds of conditions that traders write, with periods that differ. */
function conditionOf(index) {
  const period = 5 + index;
  const kinds = [
    `crossesAbove(close, ema(${period}))`,
    `close > vwap && rsi(${period}) > 60 && volume > 1.5 * sma(volume, ${period})`,
    `close > bollingerUpper(${period}, 2) && atr(${period}) > 0.01`,
    `crossesBelow(close, on("5m", sma(${period})))`,
  ];
  return kinds[index % kinds.length];
}

/** CPU time of this process, so that what else the machine does is no part of it. */
async function measure(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000 };
}
