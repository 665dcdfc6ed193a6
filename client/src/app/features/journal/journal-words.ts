import type { EpochMs } from '@libs/bars';
import type { Bounds } from '@libs/journal';
import { formatChange, formatDate, formatPrice, formatTime, UNKNOWN } from '../../text/format';
import { zoneOf } from '../../text/zone';
import type { FigureSeen, TradeSeen } from './journal-answers';

/** The journal tells days and hours as New York has them. */
export const JOURNAL_ZONE = zoneOf('XNYS');

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
] as const;
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MINUS = '\u2212';

/** Money with its sign before the currency: `+$646.70`, `−$137.10`, `+12.00 EUR`. */
export function formatMoney(amount: string | number, currency: string): string {
  const value = Number(amount);
  const text = formatPrice(Math.abs(value), 2);
  const sign = Number(value.toFixed(2)) === 0 ? '' : value < 0 ? MINUS : '+';
  return currency === 'USD' ? `${sign}$${text}` : `${sign}${text} ${currency}`;
}

/** `+2.1R` */
export function formatR(value: number | null, decimals = 1): string {
  return value === null ? UNKNOWN : `${formatChange(value, decimals)}R`;
}

/** `0.09 to 0.69`; one number where both bounds round to it. */
export function formatBounds({ low, high }: Bounds): string {
  if (high === null) return `at least ${low.toFixed(2)}`;
  const [from, to] = [low.toFixed(2), high.toFixed(2)];
  return from === to ? from : `${from} to ${to}`;
}

/** `47%` */
export function formatShare(value: number | null): string {
  return value === null ? UNKNOWN : `${Math.round(value * 100)}%`;
}

/** `38 to 56%` */
export function formatShareInterval({ interval }: FigureSeen): string {
  return interval === null ? '' : `${Math.round(interval.low * 100)} to ${Math.round(interval.high * 100)}%`;
}

/** `Long 200 at 185.45` */
export function tradeWords({ direction, quantity, entryPrice }: TradeSeen): string {
  return `${direction === 'long' ? 'Long' : 'Short'} ${quantity} at ${priceText(entryPrice)}`;
}

/** A price as it was paid, with at least two decimals and at most six. */
export function priceText(price: string): string {
  const places = Math.min(6, Math.max(2, (price.split('.')[1] ?? '').length));
  return formatPrice(Number(price), places);
}

/** `10:18–10:41` */
export function timesOf({ openedAtMs, closedAtMs }: TradeSeen): string {
  const from = formatTime(openedAtMs, JOURNAL_ZONE);
  if (closedAtMs === null) return `${from}, open`;
  const sameDay = formatDate(openedAtMs, JOURNAL_ZONE) === formatDate(closedAtMs, JOURNAL_ZONE);
  const to = formatTime(closedAtMs, JOURNAL_ZONE);
  return sameDay ? `${from}–${to}` : `${from}–${formatDate(closedAtMs, JOURNAL_ZONE)} ${to}`;
}

/** Date in New York, `2026-11-19`. */
export function dateOf(atMs: EpochMs): string {
  return new Date(atMs + JOURNAL_ZONE.offsetMs(atMs)).toISOString().slice(0, 10);
}

/** `Thursday 19 November` */
export function dateTitle(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  return `${WEEKDAYS[day.getUTCDay()] ?? ''} ${day.getUTCDate()} ${MONTHS[day.getUTCMonth()] ?? ''}`;
}

/** `November 2026` of `2026-11` or a date in it. */
export function monthTitle(month: string): string {
  return `${MONTHS[Number(month.slice(5, 7)) - 1] ?? ''} ${month.slice(0, 4)}`;
}

/** A date some days on. */
export function datePlus(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** First instants of a month and of the next in New York. */
export function boundsOfMonth(month: string): { readonly fromMs: EpochMs; readonly toMs: EpochMs } {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return { fromMs: localMidnight(year, number - 1), toMs: localMidnight(year, number) };
}

/** A month some months on, `2026-11` */
export function monthPlus(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}

function localMidnight(year: number, month: number): EpochMs {
  const utc = Date.UTC(year, month, 1);
  return utc - JOURNAL_ZONE.offsetMs(utc);
}
