import type { Microbar, Timeframe, TradeBatch } from '@libs/bars';
import type { StatusEvent, SymbolInfo, TapeEvent } from '@libs/contract';
import { BehaviorSubject, Subject, type Observable } from 'rxjs';
import type { Clock } from '../common/clock.js';
import { ConflatedTape, type ReadableMarket } from '../market/index.js';
import type { ReplayRun } from './replay-run.js';

/** Name of the source in messages of a replay. */
const SOURCE = 'replay';

/** Forming bars, single trades, the tape and state of one replay, as a stream reads them. */
export class ReplayMarket implements ReadableMarket {
  readonly source = { name: SOURCE, reason: 'a session plays recorded data again' };
  private readonly status: BehaviorSubject<StatusEvent>;
  private readonly formed = new Subject<readonly Microbar[]>();
  private readonly traded = new Subject<TradeBatch>();
  private readonly tape: ConflatedTape;

  constructor(
    readonly symbols: readonly SymbolInfo[],
    private readonly run: () => ReplayRun,
    clock: Clock,
  ) {
    this.tape = new ConflatedTape(symbols, clock);
    this.status = new BehaviorSubject<StatusEvent>({ state: 'replay', source: SOURCE, reason: '', ts: 0 });
  }

  get status$(): Observable<StatusEvent> {
    return this.status;
  }

  get currentStatus(): StatusEvent {
    return this.status.value;
  }

  get microbars$(): Observable<readonly Microbar[]> {
    return this.formed;
  }

  get trades$(): Observable<TradeBatch> {
    return this.traded;
  }

  get tape$(): Observable<readonly TapeEvent[]> {
    return this.tape.told$;
  }

  demandTape(symbol: string): () => void {
    return this.tape.demand(symbol);
  }

  /** The replay goes back: what has traded has not traded yet. */
  forgetTape(): void {
    this.tape.forget();
  }

  /** Forming bars of every timeframe are sampled while anybody listens: a replay has few symbols. */
  demandMicrobars(): () => void {
    return () => undefined;
  }

  formingBars(symbols: readonly string[], timeframe: Timeframe): Microbar[] {
    return symbols.flatMap((symbol) => {
      const index = this.symbols.findIndex((info) => info.symbol === symbol);
      return index < 0 ? [] : this.run().peekForming(index, timeframe);
    });
  }

  /** Samples what is forming, if anybody listens. */
  sample(): void {
    if (!this.formed.observed) return;
    const microbars = this.run().takeForming();
    if (microbars.length > 0) this.formed.next(microbars);
  }

  /** Hands on trades as they are played; valid only during the call. */
  trade(batch: TradeBatch): void {
    if (this.traded.observed) this.traded.next(batch);
    this.tape.collect(batch);
  }

  /** Says what the replay does; `ts` is its own time. Nothing is sent where it does the same as before. */
  say(reason: string, ts: number): void {
    if (reason !== this.status.value.reason)
      this.status.next({ state: 'replay', source: SOURCE, reason, ts });
  }
}
