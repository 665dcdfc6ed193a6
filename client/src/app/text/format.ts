import type { DurationMs, EpochMs } from '@libs/bars';
import type { Zone } from './zone';

/** How numbers, times and spans are written everywhere on the desk (design, section 8). */

/** What stands where a value is not known. */
export const UNKNOWN = '–';

/** Minus as typography has it; as wide as plus. */
const MINUS = '\u2212';
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** A price with its fixed decimals: `1,178.09`. */
export function formatPrice(price: number, decimals: number): string {
  const text = grouped(Math.abs(price).toFixed(decimals));
  return price < 0 ? MINUS + text : text;
}

/** A change with its sign: `+2.14`, `−0.90`; one that rounds to nothing carries none. */
export function formatChange(change: number, decimals: number): string {
  const text = Math.abs(change).toFixed(decimals);
  if (Number(text) === 0) return text;
  return (change < 0 ? MINUS : '+') + grouped(text);
}

/** A share as signed percent: `+0.33%`. */
export function formatPercent(share: number): string {
  return `${formatChange(share * 100, 2)}%`;
}

/** A volume in short: `0.0125`, `3,947`, `12.3K`, `157K`, `16.89M`. */
export function formatVolume(volume: number): string {
  if (volume >= 999_995_000) return `${(volume / 1e9).toFixed(2)}B`;
  if (volume >= 999_500) return `${(volume / 1e6).toFixed(2)}M`;
  if (volume >= 99_950) return `${(volume / 1e3).toFixed(0)}K`;
  if (volume >= 10_000) return `${(volume / 1e3).toFixed(1)}K`;
  const [whole = '', fraction = ''] = volume.toFixed(volume < 1 ? 8 : 2).split('.');
  const kept = fraction.replace(/0+$/, '');
  return kept === '' ? grouped(whole) : `${grouped(whole)}.${kept}`;
}

/** A figure of a receipt with as many decimals as it has, four at most: `650.98`, `0.0125`, `−1.5`. */
export function formatFigure(value: number): string {
  const text = grouped(Math.abs(value).toFixed(4)).replace(/\.?0+$/, '');
  return value < 0 && text !== '0' ? MINUS + text : text;
}

/** A whole number: `20,000`. */
export function formatCount(count: number): string {
  return grouped(String(Math.round(count)));
}

/** Bytes in short: `512 B`, `15.2 kB`, `1.6 MB`, `2.1 GB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`;
  const [size, unit] =
    bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${size.toFixed(size < 100 ? 1 : 0)} ${unit}`;
}

/** An age or a span: `84 ms`, `1.3 s`, `38 s`, `25 min`, `5 h 17 min`, `12 days`. */
export function formatSpan(spanMs: DurationMs): string {
  const seconds = Math.max(0, spanMs) / 1_000;
  if (seconds < 0.9995) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** Time left to the bar's close: `00:24`, `3:59:59`. */
export function formatCountdown(spanMs: DurationMs): string {
  const seconds = Math.max(0, Math.ceil(spanMs / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const rest = `${twoDigits(minutes)}:${twoDigits(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** `10:42:36` */
export function formatClock(tsMs: EpochMs, zone: Zone): string {
  const local = localDate(tsMs, zone);
  return `${timeOf(local)}:${twoDigits(local.getUTCSeconds())}`;
}

/** Bars by their start: `10:17`. */
export function formatTime(tsMs: EpochMs, zone: Zone): string {
  return timeOf(localDate(tsMs, zone));
}

/** `Thu 19 Nov` */
export function formatDate(tsMs: EpochMs, zone: Zone): string {
  const local = localDate(tsMs, zone);
  return `${weekdayOf(local)} ${local.getUTCDate()} ${monthOf(local)}`;
}

/** `Nov`, and at the turn of the year `2026`. */
export function formatMonth(tsMs: EpochMs, zone: Zone): string {
  const local = localDate(tsMs, zone);
  return local.getUTCMonth() === 0 ? String(local.getUTCFullYear()) : monthOf(local);
}

/** `Mon 04:00`, or the time alone when it is on the day of `nowMs`. */
export function formatMoment(tsMs: EpochMs, nowMs: EpochMs, zone: Zone): string {
  const local = localDate(tsMs, zone);
  const isToday = local.toISOString().slice(0, 10) === localDate(nowMs, zone).toISOString().slice(0, 10);
  return isToday ? timeOf(local) : `${weekdayOf(local)} ${timeOf(local)}`;
}

function localDate(tsMs: EpochMs, zone: Zone): Date {
  return new Date(tsMs + zone.offsetMs(tsMs));
}

function timeOf(local: Date): string {
  return `${twoDigits(local.getUTCHours())}:${twoDigits(local.getUTCMinutes())}`;
}

function weekdayOf(local: Date): string {
  return WEEKDAYS[local.getUTCDay()] ?? '';
}

function monthOf(local: Date): string {
  return MONTHS[local.getUTCMonth()] ?? '';
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** Commas between groups of three digits before the point. */
function grouped(digits: string): string {
  const point = digits.indexOf('.');
  const whole = point < 0 ? digits : digits.slice(0, point);
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (point < 0 ? '' : digits.slice(point));
}
