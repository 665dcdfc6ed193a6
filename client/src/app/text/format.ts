/** Minus as typography has it; as wide as plus. */
const MINUS = '\u2212';

/** How numbers, times and spans are written everywhere on the desk (design, section 8). */

/** A price with its fixed decimals: `1,178.09`. */
export function formatPrice(price: number, decimals: number): string {
  return sign(price, false) + formatterOf(decimals).format(Math.abs(price));
}

/** A change with its sign: `+2.14`, `−0.90`; unchanged carries none. */
export function formatChange(change: number, decimals: number): string {
  const text = formatterOf(decimals).format(Math.abs(change));
  return Number(Math.abs(change).toFixed(decimals)) === 0 ? text : sign(change, true) + text;
}

/** A share as signed percent: `+0.33%`. */
export function formatPercent(share: number): string {
  return `${formatChange(share * 100, 2)}%`;
}

/** A volume in short: `950`, `12.3K`, `157K`, `16.89M`. */
export function formatVolume(volume: number): string {
  if (volume >= 1e9) return `${(volume / 1e9).toFixed(2)}B`;
  if (volume >= 1e6) return `${(volume / 1e6).toFixed(2)}M`;
  if (volume >= 1e5) return `${Math.round(volume / 1e3)}K`;
  if (volume >= 1e4) return `${(volume / 1e3).toFixed(1)}K`;
  return volume.toLocaleString('en-US', { maximumFractionDigits: volume < 1 ? 8 : 2 });
}

/** An age or a span: `0.3 s`, `38 s`, `25 min`, `5 h 17 min`, `12 days`. */
export function formatSpan(spanMs: number): string {
  const seconds = Math.max(0, spanMs) / 1_000;
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** Time left to the bar's close: `00:24`, `3:59:59`. */
export function formatCountdown(spanMs: number): string {
  const seconds = Math.max(0, Math.ceil(spanMs / 1_000));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${pad(minutes)}:${pad(seconds % 60)}`;
}

/** Zone of a symbol's exchange, by its calendar. */
export interface Zone {
  readonly name: string;
  /** As shown in the axis corner: `ET`, `UTC`. */
  readonly label: string;
}

export function zoneOf(calendar: 'XNYS' | '24x7'): Zone {
  return calendar === 'XNYS' ? { name: 'America/New_York', label: 'ET' } : { name: 'UTC', label: 'UTC' };
}

/** `10:42:36` */
export function formatClock(tsMs: number, zone: Zone): string {
  return partsOf(tsMs, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
}

/** Bars by their start: `10:17`. */
export function formatTime(tsMs: number, zone: Zone): string {
  return partsOf(tsMs, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** `Thu 19 Nov` */
export function formatDate(tsMs: number, zone: Zone): string {
  return partsOf(tsMs, zone, { weekday: 'short', day: 'numeric', month: 'short' }).replace(',', '');
}

const formatters = new Map<string, Intl.NumberFormat>();

function formatterOf(decimals: number): Intl.NumberFormat {
  const known = formatters.get(String(decimals));
  if (known !== undefined) return known;
  const formatter = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  formatters.set(String(decimals), formatter);
  return formatter;
}

const dateFormatters = new Map<string, Intl.DateTimeFormat>();

function partsOf(tsMs: number, zone: Zone, options: Intl.DateTimeFormatOptions): string {
  const key = zone.name + Object.keys(options).join();
  let formatter = dateFormatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone.name });
    dateFormatters.set(key, formatter);
  }
  return formatter.format(tsMs);
}

function sign(value: number, withPlus: boolean): string {
  if (value < 0) return MINUS;
  return withPlus && value > 0 ? '+' : '';
}
