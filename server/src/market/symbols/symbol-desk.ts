import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { SymbolInfo } from '@libs/contract';
import { Clock, type CancelTimer } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import { OneByOne } from '../../common/one-by-one.js';
import { badField, ProblemException } from '../../common/problem.exception.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import { instanceIdOf } from '../../persistence/index.js';
import type { SymbolGrowth } from '../feeds/market-feed.port.js';
import { MarketPipeline } from '../market-pipeline.js';
import { SymbolDemand } from './symbol-demand.js';
import { SymbolStore, type WantedSymbol } from './symbol-store.js';

/** How often instances tell each other what they want, and how long that is believed. */
const SYNC_MS = 2_000;
const WISH_LIFE_MS = 10_000;
/** How long somebody who asks for a new symbol waits for the vendor. */
const ANSWER_WITHIN_MS = 5_000;
/** Requests for new symbols that may wait for one another. */
const MOST_WAITING = 100;
/** Symbols on watchlists that another feed was used for: so many are looked up at a time. */
const LOOKED_UP_AT_ONCE = 5;
/** Symbols a process carries at most, those it has let go of included, as a multiple of what it may follow. */
const CARRIED_PER_FOLLOWED = 4;

/** The vendor's budget of symbols is spent. */
export class SymbolBudgetError extends ProblemException {
  constructor(budget: number, source: string) {
    super({
      status: 503,
      detail:
        `No more symbols can be followed: the budget of ${budget} for ${source} is spent. ` +
        'Take some off a watchlist, or wait until those that nobody looks at are let go of.',
      retryAfterS: 60,
    });
  }
}

/**
 * Which symbols there are, at run time: those of the start, and others of a live vendor while a stream, a watchlist, a
 * rule or a question wants them. What the instances on one database want is joined there, and the one that holds the feed follows it.
 */
@Injectable()
export class SymbolDesk implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('symbols');
  private readonly demand: SymbolDemand;
  private readonly joining = new OneByOne(MOST_WAITING);
  private readonly holder: string;
  /** What the database said last: the wishes of the other instances and of all watchlists. */
  private everybodys: readonly WantedSymbol[] = [];
  /** Symbols of other feeds' watchlists that this one does not offer. */
  private readonly notOffered = new Set<string>();
  private hasWishes = false;
  private syncing: Promise<void> | null = null;
  private syncsAgain = false;
  private stopTimer: CancelTimer | null = null;

  constructor(
    private readonly market: MarketPipeline,
    private readonly store: SymbolStore,
    private readonly clock: Clock,
    @Inject(ENV) env: Env,
  ) {
    this.demand = new SymbolDemand(clock);
    this.holder = `instance:${instanceIdOf(env.DATA_DIR)}`;
  }

  onApplicationBootstrap(): void {
    if (this.market.growth === undefined) return;
    this.stopTimer = this.clock.every(SYNC_MS, () => {
      this.sync();
    });
    this.sync();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopTimer?.();
    await this.syncing;
    if (this.hasWishes) await this.store.want(this.holder, [], null).catch(() => undefined); // They run out by themselves.
  }

  /** What is followed now: the symbols of the start, then the others by name. */
  get current(): SymbolInfo[] {
    const { symbols, alwaysFollowed } = this.market;
    const optional = this.optional();
    const others = symbols.slice(alwaysFollowed.length).filter(({ symbol }) => optional.has(symbol));
    return [...alwaysFollowed, ...others.sort((a, b) => a.symbol.localeCompare(b.symbol))];
  }

  /** Whether a symbol can be read and streamed without asking anybody. */
  carries(symbol: string): boolean {
    return this.market.carries(symbol);
  }

  /** Whether a symbol is followed, or about to be. */
  isFollowed(symbol: string): boolean {
    return this.isAlwaysFollowed(symbol) || this.optional().has(symbol);
  }

  /**
   * Carries symbols (upper case) that the vendor offers, and follows them for a while. Throws a 400 that names `field` where
   * one is not offered, a 503 where that cannot be found out now, and {@link SymbolBudgetError}.
   */
  async require(symbols: Iterable<string>, field: string): Promise<void> {
    for (const symbol of symbols) {
      if (!this.carries(symbol)) await this.joining.run(() => this.take(symbol, field));
      if (this.isFollowed(symbol)) continue;
      this.makeRoom();
      this.demand.touch(symbol);
    }
    this.sync();
  }

  /**
   * The same for something that is kept, as a watchlist is. A spent budget is a 409 there: what stands on lists stays on
   * them, and waiting changes nothing.
   */
  async requireForGood(symbols: Iterable<string>, field: string): Promise<void> {
    try {
      await this.require(symbols, field);
    } catch (thrown) {
      if (thrown instanceof SymbolBudgetError)
        throw new ProblemException({ status: 409, detail: thrown.message });
      throw thrown;
    }
  }

  /** Somebody looks at a carried symbol: it is followed for a while, where there is room. */
  touch(symbol: string): void {
    if (this.isAlwaysFollowed(symbol) || (!this.isFollowed(symbol) && !this.hasRoom())) return;
    this.demand.touch(symbol);
  }

  /** Follows carried symbols until the returned function is called. */
  hold(symbols: Iterable<string>): () => void {
    const releases = [...symbols].flatMap((symbol) =>
      this.isAlwaysFollowed(symbol) ? [] : [this.demand.hold(symbol)],
    );
    if (releases.length > 0) this.sync();
    return () => {
      for (const release of releases) release();
    };
  }

  /** A watchlist or a rule keeps these symbols, and no others, followed from now on. */
  async keep(kind: 'watchlist' | 'rule', id: string, symbols: readonly string[]): Promise<void> {
    await this.store.want(`${kind}:${id}`, symbols, null);
    this.sync();
  }

  /** What can be subscribed, best match first. Where the vendor does not answer, what is carried already. */
  async search(words: string, limit: number): Promise<readonly SymbolInfo[]> {
    const wanted = words.trim().toUpperCase();
    const carried = this.market.symbols.filter(
      ({ symbol, name }) => symbol.includes(wanted) || name.toUpperCase().includes(wanted),
    );
    const { growth } = this.market;
    if (growth === undefined) return carried.slice(0, limit);
    try {
      return await this.within(growth.directory.search(wanted, limit));
    } catch (thrown) {
      this.logger.debug(`${this.market.source.name} does not answer a search: ${messageOf(thrown)}`);
      return carried.slice(0, limit);
    }
  }

  /** Resolves when what is wanted here has been told and followed. */
  async settled(): Promise<void> {
    while (this.syncing !== null) await this.syncing;
  }

  private async take(symbol: string, field: string): Promise<void> {
    // Another request may have brought it meanwhile.
    if (this.carries(symbol)) return;
    const { growth } = this.market;
    const { name } = this.market.source;
    if (growth === undefined)
      throw badField(field, `${symbol} is not carried here; GET /api/symbols lists what is`);
    if (!growth.couldBe(symbol)) throw badField(field, `${symbol} is no symbol of ${name}`);
    this.makeRoom();
    const info = await this.lookUp(symbol, growth);
    if (info === undefined) {
      throw badField(field, `${symbol} is not offered by ${name}; GET /api/symbols?search= finds what is`);
    }
    await this.carry(info, growth);
  }

  private async carry(info: SymbolInfo, growth: SymbolGrowth): Promise<void> {
    if (this.market.symbols.length >= growth.budget * CARRIED_PER_FOLLOWED)
      throw new SymbolBudgetError(growth.budget, this.market.source.name);
    try {
      await this.market.addSymbol(info);
    } catch (thrown) {
      throw this.unavailable(`${info.symbol} cannot be put on record now: ${messageOf(thrown)}`);
    }
  }

  private async lookUp(symbol: string, growth: SymbolGrowth): Promise<SymbolInfo | undefined> {
    const { name } = this.market.source;
    const known = await this.store.known(name, symbol).catch(() => undefined);
    if (known !== undefined) return known;
    let info: SymbolInfo | undefined;
    try {
      info = await this.within(growth.directory.find(symbol));
    } catch (thrown) {
      throw this.unavailable(`${name} cannot be asked about ${symbol} now (${messageOf(thrown)})`);
    }
    // Other instances need not ask again; where the database is away they will.
    if (info !== undefined) await this.store.remember(name, info).catch(() => undefined);
    return info;
  }

  private unavailable(detail: string): ProblemException {
    return new ProblemException({ status: 503, detail, retryAfterS: 5 });
  }

  /** Before one more symbol is followed. Symbols that merely linger give way. */
  private makeRoom(): void {
    while (!this.hasRoom()) {
      if (!this.demand.dropOldest()) {
        throw new SymbolBudgetError(this.market.growth?.budget ?? 0, this.market.source.name);
      }
    }
  }

  private hasRoom(): boolean {
    const { growth, alwaysFollowed } = this.market;
    return growth === undefined || alwaysFollowed.length + this.optional().size < growth.budget;
  }

  private isAlwaysFollowed(symbol: string): boolean {
    return this.market.alwaysFollowed.some((info) => info.symbol === symbol);
  }

  /** What is wanted beside the symbols of the start, by anybody. */
  private optional(): Set<string> {
    const theirs = this.everybodys.map(({ symbol }) => symbol);
    const always = new Set(this.market.alwaysFollowed.map(({ symbol }) => symbol));
    const all = [...this.demand.wanted(), ...theirs];
    return new Set(all.filter((symbol) => this.carries(symbol) && !always.has(symbol)));
  }

  /** One at a time; whoever asks during one gets another one after it. */
  private sync(): void {
    if (this.market.growth === undefined) return;
    if (this.syncing !== null) {
      this.syncsAgain = true;
      return;
    }
    this.syncing = this.exchange().finally(() => {
      this.syncing = null;
      if (!this.syncsAgain) return;
      this.syncsAgain = false;
      this.sync();
    });
  }

  private async exchange(): Promise<void> {
    try {
      const mine = this.demand.wanted();
      if (mine.length > 0 || this.hasWishes) await this.store.want(this.holder, mine, WISH_LIFE_MS);
      this.hasWishes = mine.length > 0;
      this.everybodys = await this.store.wanted(this.market.source.name, this.holder);
      await this.carryWanted();
    } catch (thrown) {
      this.logger.debug(`the wishes of others are not known now: ${messageOf(thrown)}`);
    }
    const { growth, alwaysFollowed } = this.market;
    const room = (growth?.budget ?? 0) - alwaysFollowed.length;
    this.market.follow(new Set([...this.optional()].slice(0, Math.max(0, room))));
  }

  /** Symbols that other instances and watchlists want become symbols here. */
  private async carryWanted(): Promise<void> {
    const { growth } = this.market;
    if (growth === undefined) return;
    let lookups = 0;
    for (const { symbol, info } of this.everybodys) {
      if (this.carries(symbol) || this.notOffered.has(symbol)) continue;
      if (!growth.couldBe(symbol)) {
        this.notOffered.add(symbol);
        continue;
      }
      if (info === null && ++lookups > LOOKED_UP_AT_ONCE) continue;
      const found = info ?? (await this.lookUp(symbol, growth));
      if (found === undefined) this.notOffered.add(symbol);
      else await this.carry(found, growth);
    }
  }

  private async within<T>(answer: Promise<T>): Promise<T> {
    let cancel: CancelTimer = () => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      cancel = this.clock.after(ANSWER_WITHIN_MS, () => {
        reject(new Error(`no answer within ${ANSWER_WITHIN_MS / 1_000} s`));
      });
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      cancel();
    }
  }
}
