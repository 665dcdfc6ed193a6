import type { FinishedMinute } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import { isRecord } from '../live/vendor-numbers.js';
import type { SessionDesk, VendorSession } from '../live/vendor.port.js';
import { minuteOfEvent } from './massive-minute.js';
import { massiveInstant, type MassiveTrades } from './massive-trades.js';

const TAKEN_OVER_PAUSE_MS = 60_000;
const LONGEST_SAMPLE = 100;
const SUBSCRIBED_TO = 'subscribed to: ';

type Message = Readonly<Record<string, unknown>>;

/** One connection to Massive's stocks cluster: authentication, subscriptions, trades and official minutes. */
export class MassiveSession implements VendorSession {
  private readonly indexOf: ReadonlyMap<string, number>;
  private readonly wanted: readonly string[];
  private readonly confirmed = new Set<string>();
  private refusals = 0;
  private isSubscribed = false;
  private minutes: FinishedMinute[] = [];

  constructor(
    private readonly key: string,
    symbols: readonly SymbolInfo[],
    private readonly trades: MassiveTrades,
    private readonly desk: SessionDesk,
  ) {
    this.indexOf = new Map(symbols.map(({ symbol }, index) => [symbol, index]));
    this.wanted = symbols.flatMap(({ symbol }) => [`T.${symbol}`, `AM.${symbol}`]);
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
      case 'status':
        this.takeStatus(event);
        return;
      case undefined:
        this.desk.reject('malformed', `no kind of event: ${sampleOf(event)}`);
        return;
      default: // Quotes, halts and whatever else a plan brings are not asked for and not used.
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
        this.desk.send(JSON.stringify({ action: 'subscribe', params: this.wanted.join(',') }));
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
        if (/not authorized/i.test(message)) this.refusals++;
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
    for (const channel of message.slice(SUBSCRIBED_TO.length).split(',')) this.confirmed.add(channel.trim());
    this.checkSubscribed();
  }

  /** A refusal does not name what is refused: what is left when all are answered was. */
  private checkSubscribed(): void {
    if (this.isSubscribed || this.confirmed.size + this.refusals < this.wanted.length) return;
    this.isSubscribed = true;
    if (this.confirmed.size === 0) {
      this.desk.giveUp('the plan of this Massive key has no streaming of stocks');
      return;
    }
    const refused = this.wanted.filter((channel) => !this.confirmed.has(channel));
    if (refused.length === 0) this.desk.subscribed('trades');
    else if (!this.hasTrades()) this.desk.subscribed('minutes', 'the plan has no trades');
    else this.desk.subscribed('trades', `not in the plan: ${refused.join(', ').slice(0, 200)}`);
  }

  private hasTrades(): boolean {
    for (const channel of this.confirmed) if (channel.startsWith('T.')) return true;
    return false;
  }
}

function sampleOf(event: unknown): string {
  return JSON.stringify(event).slice(0, LONGEST_SAMPLE);
}
