import type { FinishedMinute } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import { isRecord } from '../live/vendor-numbers.js';
import type { SessionDesk, VendorSession } from '../live/vendor.port.js';
import { MassiveExtras } from './massive-extras.js';
import { minuteOfEvent } from './massive-minute.js';
import { limitsOfEvent, quoteOfEvent } from './massive-quotes.js';
import { massiveInstant, type MassiveTrades } from './massive-trades.js';

const TAKEN_OVER_PAUSE_MS = 60_000;
const LONGEST_SAMPLE = 100;
const SUBSCRIBED_TO = 'subscribed to: ';

type Message = Readonly<Record<string, unknown>>;

/** One connection to Massive's stocks cluster: authentication, subscriptions, trades and official minutes. */
export class MassiveSession implements VendorSession {
  private readonly indexOf = new Map<string, number>();
  private readonly wanted: string[];
  /** Of the group that was added last, and how many of its channels were refused. */
  private adding: readonly number[] = [];
  private refusedOfAdding = 0;
  private readonly confirmed = new Set<string>();
  private refusals = 0;
  private isSubscribed = false;
  private minutes: FinishedMinute[] = [];
  private readonly extras = new MassiveExtras((action, channels) => this.ask(action, channels));

  constructor(
    private readonly key: string,
    private readonly symbols: readonly SymbolInfo[],
    first: readonly number[],
    private readonly trades: MassiveTrades,
    private readonly desk: SessionDesk,
  ) {
    this.wanted = first.flatMap((symbolIndex) => this.channelsOf(symbolIndex));
  }

  add(symbolIndexes: readonly number[]): void {
    this.adding = symbolIndexes;
    this.refusedOfAdding = 0;
    this.ask(
      'subscribe',
      symbolIndexes.flatMap((symbolIndex) => this.channelsOf(symbolIndex)),
    );
  }

  remove(symbolIndex: number): void {
    const channels = this.channelsOf(symbolIndex);
    for (const channel of channels) this.confirmed.delete(channel);
    this.ask('unsubscribe', channels);
    this.extras.remove(this.symbolOf(symbolIndex));
  }

  private channelsOf(symbolIndex: number): string[] {
    const symbol = this.symbolOf(symbolIndex);
    this.indexOf.set(symbol, symbolIndex);
    return [`T.${symbol}`, `AM.${symbol}`];
  }

  private symbolOf(symbolIndex: number): string {
    return this.symbols[symbolIndex]?.symbol ?? '';
  }

  private ask(action: 'subscribe' | 'unsubscribe', channels: readonly string[]): void {
    this.desk.send(JSON.stringify({ action, params: channels.join(',') }));
  }

  opened(): void {
    // Authentication waits for the vendor's greeting.
  }

  text(text: string): void {
    const events = JSON.parse(text) as unknown;
    if (Array.isArray(events)) for (const event of events as unknown[]) this.takeEvent(event);
    else this.takeEvent(events);
    if (this.minutes.length > 0) this.flushMinutes();
  }

  private takeEvent(event: unknown): void {
    if (!isRecord(event)) {
      this.desk.reject('malformed', `no event: ${sampleOf(event)}`);
      return;
    }
    switch (event['ev']) {
      case 'T':
        this.takeTrade(event);
        return;
      case 'AM':
        this.takeMinute(event);
        return;
      case 'Q':
        this.takeOther(event, event['sym'], quoteOfEvent, this.desk.quote);
        return;
      case 'LULD':
        this.takeOther(event, event['T'], limitsOfEvent, this.desk.limits);
        return;
      case 'status':
        this.takeStatus(event);
        return;
      case undefined:
        this.desk.reject('malformed', `no kind of event: ${sampleOf(event)}`);
        return;
      default: // Whatever else a plan brings is not asked for and not used.
    }
  }

  private takeTrade(event: Message): void {
    const symbolIndex = this.indexOf.get(event['sym'] as string);
    if (symbolIndex === undefined) {
      this.desk.reject('unknown_symbol', sampleOf(event));
      return;
    }
    const trade = this.trades.tradeOf({
      symbolIndex,
      tsMs: massiveInstant(event['t']),
      price: event['p'],
      size: event['s'],
      decimalSize: event['ds'],
      conditions: event['c'],
      sequence: event['q'],
      exchange: event['x'],
      tradeId: event['i'],
    });
    if (trade === undefined) this.desk.reject('malformed', sampleOf(event));
    else this.desk.trade(trade);
  }

  private takeOther<T>(
    event: Message,
    symbol: unknown,
    read: (event: Message, symbolIndex: number) => T | undefined,
    tell: (value: T) => void,
  ): void {
    const symbolIndex = this.indexOf.get(symbol as string);
    const value = symbolIndex === undefined ? undefined : read(event, symbolIndex);
    if (value !== undefined) tell(value);
    else this.desk.reject(symbolIndex === undefined ? 'unknown_symbol' : 'malformed', sampleOf(event));
  }

  private takeMinute(event: Message): void {
    const symbolIndex = this.indexOf.get(event['sym'] as string);
    const minute = symbolIndex === undefined ? undefined : minuteOfEvent(event, symbolIndex);
    if (minute !== undefined) this.minutes.push(minute);
    else this.desk.reject(symbolIndex === undefined ? 'unknown_symbol' : 'malformed', sampleOf(event));
  }

  private flushMinutes(): void {
    const { minutes } = this;
    this.minutes = [];
    minutes.sort((a, b) => a.startMs - b.startMs || a.symbolIndex - b.symbolIndex);
    this.desk.minutes(minutes, this.hasTrades() ? 'official' : 'only');
  }

  private takeStatus(event: Message): void {
    const message = typeof event['message'] === 'string' ? event['message'].slice(0, 200) : '';
    switch (event['status']) {
      case 'connected':
        this.desk.send(JSON.stringify({ action: 'auth', params: this.key }));
        return;
      case 'auth_success':
        this.ask('subscribe', this.wanted);
        return;
      case 'auth_failed':
        this.desk.giveUp(
          'Massive refuses the key: it is wrong, or its plan has no streaming of stocks (the free one has none). ' +
            'Check MASSIVE_API_KEY, or set FEED=coinbase for a live market without a key',
        );
        return;
      case 'max_connections':
        this.desk.coolDown(
          TAKEN_OVER_PAUSE_MS,
          'Massive allows one connection per account, and another process uses this key',
        );
        return;
      case 'success':
        this.takeConfirmation(message);
        return;
      case 'error':
        if (/not authorized/i.test(message)) this.countRefusal();
        else
          this.desk.reject('malformed', `Massive reports an error: ${message.replaceAll(this.key, '***')}`);
        this.checkSubscribed();
        return;
      default: // `auth_timeout` is followed by the end of the connection, anything else is for the vendor's people.
    }
  }

  /** One confirmation may name several subscriptions. */
  private takeConfirmation(message: string): void {
    if (!message.startsWith(SUBSCRIBED_TO)) return;
    for (const text of message.slice(SUBSCRIBED_TO.length).split(',')) {
      const channel = text.trim();
      if (!this.extras.confirmed(channel)) this.confirmed.add(channel);
    }
    this.checkSubscribed();
  }

  private countRefusal(): void {
    if (!this.isSubscribed) this.refusals++;
    else if (!this.extras.refused()) this.refusedOfAdding++;
  }

  /** A group that was added is answered as a whole, for the same reason. */
  private checkAdded(): void {
    const channels = this.adding.map((symbolIndex) => this.channelsOf(symbolIndex));
    const confirmed = channels.flat().filter((channel) => this.confirmed.has(channel)).length;
    if (this.adding.length === 0 || confirmed + this.refusedOfAdding < channels.flat().length) return;
    const { adding } = this;
    this.adding = [];
    for (const [place, symbolIndex] of adding.entries()) {
      const isThere = channels[place]?.some((channel) => this.confirmed.has(channel)) === true;
      this.desk.added(symbolIndex, isThere ? undefined : 'it is not in the plan');
    }
    this.extras.add(this.withTrades(adding.map((symbolIndex) => this.symbolOf(symbolIndex))));
  }

  /** A refusal does not name what is refused: what is left when all are answered was. */
  private checkSubscribed(): void {
    if (this.isSubscribed) {
      this.checkAdded();
      return;
    }
    if (this.confirmed.size + this.refusals < this.wanted.length) return;
    this.isSubscribed = true;
    if (this.confirmed.size === 0) {
      this.desk.giveUp('the plan of this Massive key has no streaming of stocks');
      return;
    }
    this.extras.begin(this.withTrades([...this.indexOf.keys()]));
    const refused = this.wanted.filter((channel) => !this.confirmed.has(channel));
    if (refused.length === 0) this.desk.subscribed('trades');
    else if (!this.hasTrades()) this.desk.subscribed('minutes', 'the plan has no trades');
    else this.desk.subscribed('trades', `not in the plan: ${refused.join(', ').slice(0, 200)}`);
  }

  private withTrades(symbols: readonly string[]): string[] {
    return symbols.filter((symbol) => this.confirmed.has(`T.${symbol}`));
  }

  private hasTrades(): boolean {
    for (const channel of this.confirmed) if (channel.startsWith('T.')) return true;
    return false;
  }
}

function sampleOf(event: unknown): string {
  return JSON.stringify(event).slice(0, LONGEST_SAMPLE);
}
