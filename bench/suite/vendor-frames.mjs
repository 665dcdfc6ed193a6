// Massive's trade frames, as text off the socket, to finalized bars, on one core.
import { comparison, interleave } from '../kit/compare.mjs';
import { libEntry, serverFile } from '../kit/paths.mjs';

const { BarPipeline } = await import(libEntry('bars'));
const { dayStartOf } = await import(libEntry('calendar'));
const { MassiveSession } = await import(serverFile('market/feeds/massive/massive-session.js'));
const { MassiveTrades } = await import(serverFile('market/feeds/massive/massive-trades.js'));
const { TradeGate } = await import(serverFile('market/feeds/live/trade-gate.js'));

const SYMBOLS = 50;
const TRADES = 400_000;
const TRADES_A_FRAME = 8;
const START_MS = Date.UTC(2026, 2, 2, 15, 0);
const BATCH_SIZE = 8_192;
const GRACE_MS = 1_000;
/** As often as they come: most trades are ordinary or sweeps, many are odd lots. */
const CONDITIONS = [undefined, undefined, [14, 41], [37], [14, 37, 41], [12, 37]];

export default async function run({ quick }) {
  const frames = makeFrames();
  const rounds = quick ? 3 : 9;
  const parsing = () => measure(() => frames.reduce((sum, frame) => sum + JSON.parse(frame).length, 0));
  const ours = () => measure(() => throughTheFeed(frames));
  const results = await interleave({ rounds, ours, peer: parsing });
  const limit = await interleave({ rounds, ours, peer: () => measure(() => byHand(frames)) });
  const what = `${TRADES / 1e6} M trades of ${SYMBOLS} stocks in frames to bars`;
  const pick = ({ tradesPerS }) => tradesPerS;
  return [
    comparison(results, pick, { what, unit: 'trades/s', peer: 'JSON.parse alone', bound: { atLeast: 0.7 } }),
    comparison(limit, pick, { what, unit: 'trades/s', peer: 'JSON.parse and a loop by hand' }),
  ];
}

async function measure(work) {
  const before = process.cpuUsage();
  const trades = work();
  const { user, system } = process.cpuUsage(before);
  if (trades !== TRADES) throw new Error(`${trades} trades came out of ${TRADES}`);
  return { tradesPerS: TRADES / ((user + system) / 1e6) };
}

/** What the server does with a frame: parse, check, conditions, order and repetition, bars of all timeframes. */
function throughTheFeed(frames) {
  const symbols = Array.from({ length: SYMBOLS }, (_, i) => ({ symbol: symbolOf(i), calendar: 'XNYS' }));
  let trades = 0;
  let bars = 0;
  const pipeline = new BarPipeline({
    graceMs: GRACE_MS,
    dayStarts: symbols.map(() => dayStartOf('XNYS')),
    onClosed: () => bars++,
  });
  const refuse = (reason, sample) => {
    throw new Error(`${reason}: ${sample}`);
  };
  const gate = new TradeGate({
    symbols,
    idOrder: 'rising',
    delayMs: 0,
    batchSize: BATCH_SIZE,
    emit: (batch) => {
      trades += batch.length;
      pipeline.fold(batch);
    },
    reject: refuse,
    onHole: () => undefined,
    onOverflow: () => undefined,
  });
  const all = symbols.map((_, symbolIndex) => symbolIndex);
  for (const symbolIndex of all) gate.follow(symbolIndex);
  gate.release([], -Infinity, START_MS);
  const desk = {
    send: () => undefined,
    trade: (trade) => gate.take(trade),
    reject: refuse,
    unknownConditions: (codes) => refuse('unknown conditions', codes.join()),
  };
  const session = new MassiveSession('key', symbols, all, new MassiveTrades(symbols, desk), desk);
  for (const [index, frame] of frames.entries()) {
    gate.arriveAt(START_MS + index);
    session.text(frame);
    gate.flush();
  }
  pipeline.finish();
  if (!(bars > SYMBOLS)) throw new Error('hardly any bars came out');
  return trades;
}

/** The least there is to do: one pass over what was parsed, minutes in a map, nothing checked, one timeframe. */
function byHand(frames) {
  const bars = new Map();
  let trades = 0;
  for (const frame of frames) {
    for (const { sym, p, s, t, c } of JSON.parse(frame)) {
      trades++;
      const minute = Math.floor(t / 60_000);
      let bar = bars.get(sym);
      if (bar === undefined || bar.minute !== minute) {
        bar = { minute, o: p, h: p, l: p, c: p, v: 0 };
        bars.set(sym, bar);
      }
      bar.v += s;
      if (c?.includes(37)) continue;
      if (p > bar.h) bar.h = p;
      if (p < bar.l) bar.l = p;
      bar.c = p;
    }
  }
  return trades;
}

function makeFrames() {
  const frames = [];
  const sequences = new Array(SYMBOLS).fill(1_000);
  for (let i = 0; i < TRADES; i += TRADES_A_FRAME) {
    const tsMs = START_MS + i / TRADES_A_FRAME;
    const events = Array.from({ length: TRADES_A_FRAME }, (_, k) => {
      const index = ((i + k) * 7) % SYMBOLS;
      const c = CONDITIONS[(i + 3 * k) % CONDITIONS.length];
      sequences[index] += 3;
      const trade = { ev: 'T', sym: symbolOf(index), x: 4, i: String(50_000 + i + k), z: 1 };
      const price = (45_000 + ((i * 13 + k) % 200)) / 100;
      return { ...trade, p: price, s: 100, ...(c ? { c } : {}), t: tsMs, q: sequences[index] };
    });
    frames.push(JSON.stringify(events));
  }
  return frames;
}

function symbolOf(index) {
  return `S${String.fromCharCode(65 + (index % 26))}${String.fromCharCode(65 + Math.floor(index / 26))}`;
}
