import { Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import type { Trade } from '@libs/journal';
import { SignalStore } from '../rules/index.js';
import { BarLog, MarketPipeline } from '../market/index.js';
import type { EntrySignal } from './trade-store.js';

/** A signal belongs to a trade that was entered within this time after its bar closed. */
const SIGNAL_REACH_MS = 5 * 60_000;
/** From this precision on a fill does not tell which signals came before it. */
const COARSE_MS = 60_000;
/** Signals of one rule are told once a trade, the newest; this many rules a trade at most. */
const MOST_SIGNALS = 10;
/** Signals read for one book of trades. */
const MOST_READ = 20_000;

interface TimedSignal {
  readonly endMs: EpochMs;
  readonly signal: EntrySignal;
}

/** Which rules had signalled when trades were entered. */
@Injectable()
export class EntrySignals {
  constructor(
    private readonly store: SignalStore,
    private readonly market: MarketPipeline,
    private readonly log: BarLog,
  ) {}

  /** For each trade of one symbol, ascending by opening, the signals at its entry, newest first. */
  async atEntries(ownerId: number, trades: readonly Trade[]): Promise<EntrySignal[][]> {
    const [first, last] = [trades[0], trades.at(-1)];
    if (first === undefined || last === undefined || !this.market.carries(first.symbol))
      return trades.map(() => []);
    const signals = await this.read(
      ownerId,
      first.symbol,
      first.openedAtMs - SIGNAL_REACH_MS,
      last.openedAtMs + COARSE_MS,
    );
    return trades.map((trade) => signalsBefore(trade, signals));
  }

  /** Signals of a symbol whose bars closed within a stretch, oldest first; none of a symbol that is not carried. */
  async ofSymbol(ownerId: number, symbol: string, fromMs: EpochMs, toMs: EpochMs): Promise<EntrySignal[]> {
    if (!this.market.carries(symbol)) return [];
    return (await this.read(ownerId, symbol, fromMs, toMs)).map(({ signal }) => signal);
  }

  private async read(
    ownerId: number,
    symbol: string,
    fromMs: EpochMs,
    toMs: EpochMs,
  ): Promise<TimedSignal[]> {
    const found = await this.store.closedWithin(this.log.epoch.id, {
      ownerId,
      symbol,
      fromMs,
      toMs,
      limit: MOST_READ,
    });
    return found.map(({ id, rule, bar_start, bar_end, explanation }) => ({
      endMs: bar_end,
      signal: {
        id,
        ruleId: rule.id,
        ruleVersion: rule.version,
        ruleName: rule.name,
        barStartMs: bar_start,
        explanation,
      },
    }));
  }
}

function signalsBefore({ openedAtMs, legs }: Trade, signals: readonly TimedSignal[]): EntrySignal[] {
  const precisionMs = legs[0]?.precisionMs ?? 1;
  if (precisionMs > COARSE_MS) return [];
  let [low, high] = [0, signals.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((signals[middle] as TimedSignal).endMs < openedAtMs - SIGNAL_REACH_MS) low = middle + 1;
    else high = middle;
  }
  const newest = new Map<string, EntrySignal>();
  for (let place = low; place < signals.length; place++) {
    const { endMs, signal } = signals[place] as TimedSignal;
    if (endMs >= openedAtMs + precisionMs) break;
    newest.delete(signal.ruleId);
    newest.set(signal.ruleId, signal);
  }
  return [...newest.values()].reverse().slice(0, MOST_SIGNALS);
}
