import { updatesOf, type EpochMs, type IsRegularHours } from '@libs/bars';
import { regularHoursOf } from '@libs/calendar';
import type { SymbolInfo } from '@libs/contract';
import { decimalOf, instantByMagnitude } from '../live/vendor-numbers.js';
import type { VendorTrade } from '../live/vendor-trade.js';
import type { SessionDesk } from '../live/vendor.port.js';
import { ConditionLists } from './condition-lists.js';

const DAY_MS = 86_400_000;
/** Sequences begin anew at night: no stock trades at six in the morning UTC, one or two o'clock in New York. */
const NIGHT_MS = 6 * 3_600_000;
/** No sequence comes near it. */
const LARGEST_SEQUENCE = 1e10;
const EXCHANGES = 1_024;

/** The fields that make a trade, whichever way it came. */
export interface MassiveTradeFields {
  readonly symbolIndex: number;
  readonly tsMs: EpochMs;
  readonly price: unknown;
  /** Whole shares. */
  readonly size: unknown;
  /** The size with its fraction, as text. */
  readonly decimalSize: unknown;
  readonly conditions: unknown;
  readonly sequence: unknown;
  readonly exchange: unknown;
  /** Unique only per stock and exchange. */
  readonly tradeId: unknown;
}

/** Makes the desk's trades of Massive's, live ones and those of its history alike, so that both are the same trade. */
export class MassiveTrades {
  private readonly lists = new ConditionLists();
  private readonly isRegularHours: IsRegularHours[] = [];

  constructor(
    private readonly symbols: readonly SymbolInfo[],
    private readonly desk: Pick<SessionDesk, 'unknownConditions'>,
  ) {}

  /** `undefined` when the conditions or the sequence cannot be read. */
  tradeOf(fields: MassiveTradeFields): VendorTrade | undefined {
    const { symbolIndex, tsMs, sequence } = fields;
    const rule = this.lists.ruleOf(fields.conditions);
    if (
      rule === undefined ||
      typeof sequence !== 'number' ||
      !(sequence >= 0 && sequence < LARGEST_SEQUENCE)
    ) {
      return undefined;
    }
    if (rule.unknownCodes.length > 0) this.desk.unknownConditions(rule.unknownCodes);
    const { decimalSize } = fields;
    return {
      symbolIndex,
      id: Math.floor((tsMs - NIGHT_MS) / DAY_MS) * LARGEST_SEQUENCE + sequence,
      key: keyOf(fields.exchange, fields.tradeId),
      tsMs,
      price: decimalOf(fields.price),
      size: decimalOf(decimalSize === undefined || decimalSize === '' ? fields.size : decimalSize),
      updates: updatesOf(rule, false, tsMs, this.regularHours(symbolIndex)),
    };
  }

  private regularHours(symbolIndex: number): IsRegularHours {
    const { calendar } = this.symbols[symbolIndex] as SymbolInfo;
    return (this.isRegularHours[symbolIndex] ??= regularHoursOf(calendar));
  }
}

/** Instant of a stamp of either transport: milliseconds on the stream, nanoseconds in the history. */
export const massiveInstant = instantByMagnitude;

/** Numbers are told apart exactly up to nine thousand billion; longer or other ids by a sum of their characters. */
function keyOf(exchange: unknown, tradeId: unknown): number {
  const venue = typeof exchange === 'number' ? exchange : 0;
  const id = typeof tradeId === 'string' ? tradeId : '';
  const number = Number(id);
  return (Number.isFinite(number) ? number : hashOf(id)) * EXCHANGES + venue;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}
