import { createTradeBatch, type EpochMs, type TradeBatch } from '@libs/bars';
import type { RejectReason } from '../market-feed.port.js';
import { ExchangeClock } from './exchange-clock.js';
import { RecentTrades } from './recent-trades.js';
import { isPrice, isSize, isTradeTime } from './vendor-numbers.js';
import type { VendorTrade } from './vendor-trade.js';

/** Trades held back while a gap is filled. More than a minute of the busiest market; beyond it the connection is given up. */
const HELD_CAP = 200_000;
/** Trades of one symbol put aside while its past is fetched. */
const ASIDE_CAP = 50_000;
/** In place of the newest number of a symbol that nobody follows. */
const IGNORED = Infinity;
/** So many stamps in a row from the future are the truth, and the wall clock is wrong. */
const AGREEING_LEADS = 20;

/**
 * How a vendor numbers the trades of a symbol. `contiguous`: up by one, so a number left out is a trade not received.
 * `rising`: unique and growing, with holes that mean nothing.
 */
export type IdOrder = 'contiguous' | 'rising';

/** Numbers of a symbol's trades that are missing: those above `afterId` and below `beforeId`. */
export interface Hole {
  readonly symbolIndex: number;
  readonly afterId: number;
  readonly beforeId: number;
}

/** What a gate is made of. */
export interface TradeGateOptions {
  /** Grows at its end. */
  readonly symbols: readonly { readonly symbol: string }[];
  readonly idOrder: IdOrder;
  readonly delayMs: number;
  readonly batchSize: number;
  readonly emit: (batch: TradeBatch) => void;
  readonly reject: (reason: RejectReason, sample: string, count?: number) => void;
  /** A trade was not received; from here on trades are held until {@link TradeGate.release}. */
  readonly onHole: () => void;
  /** More was held than fits. */
  readonly onOverflow: () => void;
}

/**
 * The last step of every live trade: each is let through once, in the order of its vendor's numbers, and none from the
 * future. While something before them is missing, trades are held, those of the other symbols too: letting these through
 * would finalize the minute that the missing ones belong to.
 */
export class TradeGate {
  readonly clock: ExchangeClock;
  private readonly batch: TradeBatch;
  /** By symbol index; of those that are followed. */
  private readonly lastIds: number[] = [];
  private readonly recent: RecentTrades[] = [];
  /** Trades of symbols whose past is being fetched. */
  private readonly aside = new Map<number, VendorTrade[]>();
  private held: VendorTrade[] = [];
  private leads: VendorTrade[] = [];
  /** Newest fetched trade by symbol while the line is still telling what was fetched. */
  private readonly fetchedIds = new Map<number, number>();
  private isHolding = true;
  private wallMs: EpochMs = 0;
  private accepted = 0;

  constructor(private readonly options: TradeGateOptions) {
    const { delayMs, batchSize } = options;
    this.clock = new ExchangeClock(delayMs);
    this.batch = createTradeBatch(batchSize);
  }

  /** Trades of a symbol go through from now on. */
  follow(symbolIndex: number): void {
    while (this.lastIds.length < symbolIndex) this.lastIds.push(IGNORED);
    this.lastIds[symbolIndex] = NaN;
    if (this.options.idOrder === 'rising') this.recent[symbolIndex] = new RecentTrades();
  }

  /** Trades of a symbol are put aside until {@link letIn}. */
  expect(symbolIndex: number): void {
    this.follow(symbolIndex);
    this.aside.set(symbolIndex, []);
  }

  /** Trades of a symbol are ignored from now on. */
  ignore(symbolIndex: number): void {
    this.aside.delete(symbolIndex);
    this.lastIds[symbolIndex] = IGNORED;
    this.held = this.held.filter((trade) => trade.symbolIndex !== symbolIndex);
  }

  /** Whether trades go through at once. */
  get isFlowing(): boolean {
    return !this.isHolding;
  }

  /** Legal trades taken so far, held ones included. */
  get taken(): number {
    return this.accepted;
  }

  /** Number of the newest trade let through, `null` before the first. */
  lastId(symbolIndex: number): number | null {
    const id = this.lastIds[symbolIndex] ?? IGNORED;
    return Number.isFinite(id) ? id : null;
  }

  /** What comes until {@link flush} arrived at this moment. */
  arriveAt(wallMs: EpochMs): void {
    this.wallMs = wallMs;
  }

  /** Takes one trade off the wire. */
  take(trade: VendorTrade): void {
    const { symbolIndex } = trade;
    if ((this.lastIds[symbolIndex] ?? IGNORED) === IGNORED || !this.isLegal(trade)) return;
    if (this.aside.size > 0 && this.aside.has(symbolIndex)) {
      this.putAside(trade);
      return;
    }
    if (this.isHolding) {
      // What time it is at the vendor may not be known yet; whether it lies in the future is judged on release.
      this.keep(trade);
      return;
    }
    if (this.clock.isAhead(trade.tsMs, this.wallMs)) {
      this.doubt(trade);
      return;
    }
    if (this.leads.length > 0) this.judgeLeads();
    this.accept(trade);
  }

  /** Emits what has gone through since the last call. */
  flush(): void {
    if (this.batch.length === 0) return;
    this.options.emit(this.batch);
    this.batch.length = 0;
  }

  /** From here on trades are held. */
  hold(): void {
    this.isHolding = true;
  }

  /** What came before is on record in another form: numbers are counted from the next trade on. */
  restart(): void {
    if (this.options.idOrder !== 'contiguous') return;
    for (const [symbolIndex, id] of this.lastIds.entries())
      if (id !== IGNORED) this.lastIds[symbolIndex] = NaN;
  }

  /** What is missing before the trades that are held, `fetched` ones taken into account; empty for rising ids. */
  holes(fetched: readonly VendorTrade[]): Hole[] {
    if (this.options.idOrder !== 'contiguous') return [];
    const holes: Hole[] = [];
    for (const [symbolIndex, trades] of this.bySymbol(fetched).entries()) {
      let last = this.lastIds[symbolIndex] as number;
      for (const { id } of trades) {
        if (id > last + 1) holes.push({ symbolIndex, afterId: last, beforeId: id });
        last = Number.isNaN(last) ? id : Math.max(last, id);
      }
    }
    return holes;
  }

  /**
   * Lets the fetched and the held trades through in order of time, then opens. Trades before their symbol's floor are on
   * record in another form and only tell where the numbers stand. What is still missing is gone for good. `wallMs` is now.
   */
  release(fetched: readonly VendorTrade[], floorMs: EpochMs, wallMs: EpochMs): void {
    const rows: { readonly trade: VendorTrade; readonly orderMs: EpochMs }[] = [];
    for (const trades of this.bySymbol(fetched)) {
      let orderMs = -Infinity;
      for (const trade of trades) {
        if (!this.isNew(trade) || trade.tsMs < floorMs) continue;
        if (this.clock.isAhead(trade.tsMs, wallMs)) {
          this.refuseLead(trade);
          continue;
        }
        this.clock.observe(trade.tsMs, wallMs);
        orderMs = Math.max(orderMs, trade.tsMs);
        rows.push({ trade, orderMs });
      }
    }
    this.noteFetched(fetched);
    this.held = [];
    this.isHolding = false;
    this.accepted += rows.length;
    rows.sort((a, b) => a.orderMs - b.orderMs);
    for (const { trade } of rows) this.push(trade);
    this.flush();
  }

  /** Whether something is missing between the fetched trades of an expected symbol and those put aside. */
  hasHole(symbolIndex: number, fetched: readonly VendorTrade[]): boolean {
    if (this.options.idOrder !== 'contiguous') return false;
    const ids = [...fetched, ...(this.aside.get(symbolIndex) ?? [])]
      .map(({ id }) => id)
      .sort((a, b) => a - b);
    return ids.some((id, place) => place > 0 && id > (ids[place - 1] as number) + 1);
  }

  /**
   * Lets the fetched trades of an expected symbol and those put aside through, as {@link release} does; from then on it is
   * followed. While others are held, so are these.
   */
  letIn(symbolIndex: number, fetched: readonly VendorTrade[], floorMs: EpochMs, wallMs: EpochMs): void {
    const trades = [...fetched, ...(this.aside.get(symbolIndex) ?? [])].sort((a, b) => a.id - b.id);
    this.aside.delete(symbolIndex);
    this.noteFetched(fetched);
    this.flush();
    for (const trade of trades) {
      if (trade.tsMs < floorMs) {
        this.isNew(trade);
        continue;
      }
      if (this.isHolding) this.keep(trade);
      else if (!this.isNew(trade)) continue;
      else if (this.clock.isAhead(trade.tsMs, wallMs)) this.refuseLead(trade);
      else {
        this.accepted++;
        this.clock.observe(trade.tsMs, wallMs);
        this.push(trade);
      }
    }
    this.flush();
  }

  /** Takes a trade that the vendor's history told and that may be from the future. Returns whether it is legal. */
  isLegal(trade: VendorTrade): boolean {
    const { symbolIndex, tsMs, price, size } = trade;
    if (isPrice(price) && isSize(size) && isTradeTime(tsMs)) return true;
    const reason = isPrice(price) ? (isSize(size) ? 'bad_time' : 'bad_size') : 'bad_price';
    this.options.reject(
      reason,
      `${this.nameOf(symbolIndex)} trade ${trade.id}: ${price} x ${size} at ${tsMs}`,
    );
    return false;
  }

  private accept(trade: VendorTrade): void {
    this.accepted++;
    this.clock.observe(trade.tsMs, this.wallMs);
    if (this.isHolding) this.keep(trade);
    else this.admit(trade);
  }

  private admit(trade: VendorTrade): void {
    const last = this.lastIds[trade.symbolIndex] as number;
    if (this.options.idOrder === 'contiguous' && trade.id > last + 1) {
      this.flush();
      this.isHolding = true;
      this.keep(trade);
      this.options.onHole();
      return;
    }
    if (this.isNew(trade)) {
      if (this.fetchedIds.size > 0) this.fetchedIds.delete(trade.symbolIndex);
      this.push(trade);
    } else if (trade.id > (this.fetchedIds.get(trade.symbolIndex) ?? -Infinity)) {
      this.options.reject('duplicate', `${this.nameOf(trade.symbolIndex)} trade ${trade.id} came again`);
    }
  }

  /** Whether a trade was not let through before; from now on it was. */
  private isNew({ symbolIndex, id, key }: VendorTrade): boolean {
    const last = this.lastIds[symbolIndex] as number;
    if (!(id <= last)) this.lastIds[symbolIndex] = id;
    const recent = this.recent[symbolIndex];
    return recent === undefined ? !(id <= last) : !recent.seen(id, key);
  }

  /** A vendor's history may be ahead of its line: what comes on that afterwards came once, not twice. */
  private noteFetched(fetched: readonly VendorTrade[]): void {
    for (const { symbolIndex, id } of fetched)
      this.fetchedIds.set(symbolIndex, Math.max(id, this.fetchedIds.get(symbolIndex) ?? id));
  }

  private putAside(trade: VendorTrade): void {
    const trades = this.aside.get(trade.symbolIndex);
    if (trades !== undefined && trades.length < ASIDE_CAP) trades.push(trade);
    else this.options.onOverflow();
  }

  private keep(trade: VendorTrade): void {
    if (this.held.length < HELD_CAP) {
      this.held.push(trade);
      return;
    }
    this.held = [];
    this.options.onOverflow();
  }

  private push(trade: VendorTrade): void {
    const { batch } = this;
    const row = batch.length;
    batch.symbolIndex[row] = trade.symbolIndex;
    batch.tsMs[row] = trade.tsMs;
    batch.price[row] = trade.price;
    batch.size[row] = trade.size;
    batch.updates[row] = trade.updates;
    batch.length = row + 1;
    if (batch.length === batch.tsMs.length) this.flush();
  }

  /** Fetched and held trades of each symbol, in the order of their numbers; equal ones next to each other. */
  private bySymbol(fetched: readonly VendorTrade[]): VendorTrade[][] {
    const lists = this.lastIds.map((): VendorTrade[] => []);
    for (const trades of [fetched, this.held]) {
      for (const trade of trades) lists[trade.symbolIndex]?.push(trade);
    }
    for (const list of lists) list.sort((a, b) => a.id - b.id);
    return lists;
  }

  private nameOf(symbolIndex: number): string {
    return this.options.symbols[symbolIndex]?.symbol ?? '';
  }

  private doubt(trade: VendorTrade): void {
    this.leads.push(trade);
    if (this.leads.length < AGREEING_LEADS) return;
    const { leads } = this;
    this.leads = [];
    const newestMs = leads.reduce((newest, { tsMs }) => Math.max(newest, tsMs), -Infinity);
    this.clock.observeServer(newestMs, this.wallMs);
    for (const lead of leads) this.accept(lead);
  }

  /** Meanwhile the vendor's clock may be known better: what was ahead of it then may be no more. */
  private judgeLeads(): void {
    const { leads } = this;
    this.leads = [];
    for (const lead of leads) {
      if (this.clock.isAhead(lead.tsMs, this.wallMs)) this.refuseLead(lead);
      else this.accept(lead);
    }
  }

  private refuseLead({ symbolIndex, id, tsMs }: VendorTrade): void {
    const symbol = this.nameOf(symbolIndex);
    this.options.reject('ahead_of_clock', `${symbol} trade ${id} is stamped ${new Date(tsMs).toISOString()}`);
    // It was received, so nothing is missing where it stood.
    if (id === (this.lastIds[symbolIndex] as number) + 1) this.lastIds[symbolIndex] = id;
  }
}
