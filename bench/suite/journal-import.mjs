// A broker's file to round trips, in memory, on one core.
import { parse } from 'csv-parse/sync';
import { comparison, interleave } from '../kit/compare.mjs';
import { libEntry } from '../kit/paths.mjs';

const { PRESETS, readFills, roundTrips } = await import(libEntry('journal'));

const EXECUTIONS = 100_000;
const SYMBOLS = ['SPY', 'QQQ', 'AAPL', 'NVDA', 'TSLA', 'AMD', 'MSFT', 'META'];
const HEADER =
  'ClientAccountID,CurrencyPrimary,Symbol,DateTime,Buy/Sell,Quantity,TradePrice,IBCommission,IBCommissionCurrency,Multiplier,IBExecID,LevelOfDetail';
const MOST = 3;

export default async function run({ quick }) {
  const text = madeFile();
  const results = await interleave({
    rounds: quick ? 3 : 9,
    ours: () => measure(() => tripsOf(text)),
    peer: () => measure(() => parse(text, { columns: false }).length - 1),
  });
  return [
    comparison(results, ({ ms }) => ms, {
      what: `${EXECUTIONS} executions of a Flex query: read, checked, identified, matched to round trips`,
      unit: 'ms',
      peer: 'csv-parse, the same file to rows of texts',
      bound: { atMost: MOST },
    }),
  ];
}

function tripsOf(text) {
  const { fills, refused } = readFills(text, PRESETS['interactive-brokers-flex'], {
    zone: 'America/New_York',
    account: 'U1',
    currency: 'USD',
  });
  if (refused.length > 0) throw new Error(`a row was refused: ${refused[0].reason}`);
  if (roundTrips(fills, 'position').length === 0) throw new Error('nothing was matched');
  return fills.length;
}

function measure(work) {
  globalThis.gc?.();
  const before = performance.now();
  const executions = work();
  const ms = performance.now() - before;
  if (executions !== EXECUTIONS) throw new Error(`${executions} executions of ${EXECUTIONS}`);
  return { ms };
}

/** A year of someone who trades much: in and out of eight stocks, some hundred executions a day. */
function madeFile() {
  let state = 7;
  const random = (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state % below;
  };
  const lines = [HEADER];
  const two = (value) => String(value).padStart(2, '0');
  for (let i = 0; i < EXECUTIONS; i++) {
    const day = new Date(Date.UTC(2025, 0, 2) + Math.floor(i / 400) * 86_400_000);
    const second = 9.5 * 3_600 + Math.floor(((i % 400) / 400) * 6.5 * 3_600);
    const date = `${day.getUTCFullYear()}${two(day.getUTCMonth() + 1)}${two(day.getUTCDate())}`;
    const time = two(Math.floor(second / 3_600)) + two(Math.floor(second / 60) % 60) + two(second % 60);
    const symbol = SYMBOLS[random(SYMBOLS.length)];
    const side = random(2) === 0 ? 'BUY' : 'SELL';
    const quantity = (1 + random(5)) * 100;
    const price = (100 + random(40_000) / 100).toFixed(2);
    const fee = (-(35 + random(200)) / 100).toFixed(2);
    lines.push(
      `U1234567,USD,${symbol},${date};${time},${side},${side === 'BUY' ? '' : '-'}${quantity},${price},${fee},USD,1,0000e0d5.${i.toString(16)}.01,EXECUTION`,
    );
  }
  return `${lines.join('\n')}\n`;
}
