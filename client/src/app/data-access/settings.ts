import { isTimeframe } from '@libs/bars';
import type { DeskSettings } from '@libs/contract';

/** What a user chooses about the desk, besides the theme. Kept in this browser and, for every device, on the server. */
export type Settings = Omit<DeskSettings, 'schema' | 'theme'>;

/** Pairs of colours for up and down. All but `classic` can be told apart by colour-blind eyes. */
export const UPDOWN_PAIRS = ['teal-coral', 'blue-red', 'ink', 'classic'] as const;

/** How much room rows take. */
export const DENSITIES = ['comfortable', 'compact'] as const;

/** Whose clock times are told by: the exchange's, this device's, or nobody's. */
export const ZONE_CHOICES = ['exchange', 'local', 'utc'] as const;

/** Which bars a chart of minutes shows: the regular session, with the hours around it, or all there are. */
export const HOURS_CHOICES = ['regular', 'extended', 'all'] as const;
export type HoursChoice = Settings['hours'];

/** How many charts the desk shows at a time. */
export const LAYOUT_COUNTS = [1, 2, 4] as const;
export type LayoutCount = Settings['layout'];

/** What the charts of a layout can have in common. */
export const LINKS = ['symbol', 'timeframe', 'crosshair', 'range'] as const;
export type Link = (typeof LINKS)[number];

/** What can be heard. */
export const CUES = ['signal', 'attention', 'well', 'bar'] as const;
export type Cue = (typeof CUES)[number];

/** What a watchlist can be sorted by; unsorted it stands in its own order. */
export type WatchColumn = NonNullable<Settings['watchSort']>['by'];

const STYLES = ['candles', 'bars', 'line', 'area', 'heikin-ashi'] as const;
const WATCH_COLUMNS: readonly WatchColumn[] = ['symbol', 'rvol', 'change', 'price'];

const DEFAULTS: Settings = {
  updown: 'teal-coral',
  density: 'comfortable',
  zone: 'exchange',
  hours: 'all',
  chartStyle: 'candles',
  indicators: [],
  layout: 1,
  links: { symbol: true, timeframe: false, crosshair: true, range: false },
  charts: [],
  sound: true,
  volume: 60,
  cues: { signal: true, attention: true, well: true, bar: false },
  quietHours: null,
  notifications: false,
  citationLight: true,
  dictation: false,
  callOuts: false,
  hasSeenTour: false,
  watchlist: '',
  watchSort: null,
  tapeSizeFrom: 0,
  start: null,
  hotkeys: {},
};
/** Settings that are on or off. */
type Switch = 'sound' | 'notifications' | 'citationLight' | 'dictation' | 'callOuts' | 'hasSeenTour';
const STORAGE_KEY = 'spotlight.settings';
const MOST_INDICATORS = 8;
const MOST_CHARTS = 4;
const MOST_SIZE = 1_000_000_000;
const MINUTES_A_DAY = 1_440;

/** The choices of an earlier visit; what is missing or was never a choice is as it is by default. */
export function readSettings(): Settings {
  try {
    return settingsFrom(JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}') as unknown, DEFAULTS);
  } catch {
    return DEFAULTS; // Storage may be blocked, or hold something else.
  }
}

/** Keeps the choices for the next visit, where the browser lets us. */
export function storeSettings(settings: Settings): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(settings));
  } catch {
    // Nothing to do: the choices hold until the page is closed.
  }
}

/** Calls back when another tab of this browser has stored other choices. */
export function onSettingsStored(listener: () => void): void {
  addEventListener('storage', ({ key }) => {
    if (key === STORAGE_KEY) listener();
  });
}

/** What of a document are choices; everything else is as `otherwise` has it. */
export function settingsFrom(stored: unknown, otherwise: Settings): Settings {
  if (!isRecord(stored)) return otherwise;
  const isOn = (name: Switch): boolean => {
    const value = stored[name];
    return typeof value === 'boolean' ? value : otherwise[name];
  };
  const oneOf = <T extends string>(name: string, choices: readonly T[], fallback: T): T =>
    choices.find((choice) => choice === stored[name]) ?? fallback;
  const good = <T>(value: unknown, isGood: (value: unknown) => value is T, fallback: T): T =>
    isGood(value) ? value : fallback;
  const { indicators } = stored;
  return {
    updown: oneOf('updown', UPDOWN_PAIRS, otherwise.updown),
    density: oneOf('density', DENSITIES, otherwise.density),
    zone: oneOf('zone', ZONE_CHOICES, otherwise.zone),
    hours: oneOf('hours', HOURS_CHOICES, otherwise.hours),
    chartStyle: oneOf('chartStyle', STYLES, otherwise.chartStyle),
    indicators: Array.isArray(indicators)
      ? indicators.filter(isIndicator).slice(0, MOST_INDICATORS)
      : otherwise.indicators,
    layout: LAYOUT_COUNTS.find((count) => count === stored['layout']) ?? otherwise.layout,
    links: good(stored['links'], isLinks, otherwise.links),
    charts: good(stored['charts'], areCharts, otherwise.charts),
    sound: isOn('sound'),
    volume: good(stored['volume'], isPercent, otherwise.volume),
    cues: good(stored['cues'], isCues, otherwise.cues),
    quietHours: good(stored['quietHours'], isQuietHours, otherwise.quietHours),
    notifications: isOn('notifications'),
    citationLight: isOn('citationLight'),
    dictation: isOn('dictation'),
    callOuts: isOn('callOuts'),
    hasSeenTour: isOn('hasSeenTour'),
    watchlist: good(stored['watchlist'], isText, otherwise.watchlist),
    watchSort: good(stored['watchSort'], isWatchSort, otherwise.watchSort),
    tapeSizeFrom: good(stored['tapeSizeFrom'], isSize, otherwise.tapeSizeFrom),
    start: good(stored['start'], isStart, otherwise.start),
    hotkeys: good(stored['hotkeys'], isHotkeys, otherwise.hotkeys),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isPercent(value: unknown): value is number {
  return isWhole(value, 100);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MOST_SIZE;
}

function isWhole(value: unknown, atMost: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= atMost;
}

function isCues(value: unknown): value is Settings['cues'] {
  return isRecord(value) && CUES.every((cue) => typeof value[cue] === 'boolean');
}

function isQuietHours(value: unknown): value is Settings['quietHours'] {
  if (value === null) return true;
  const last = MINUTES_A_DAY - 1;
  return isRecord(value) && isWhole(value['from'], last) && isWhole(value['to'], last);
}

function isLinks(value: unknown): value is Settings['links'] {
  return isRecord(value) && LINKS.every((link) => typeof value[link] === 'boolean');
}

function areCharts(value: unknown): value is Settings['charts'] {
  return Array.isArray(value) && value.length <= MOST_CHARTS && value.every(isChart);
}

function isStart(value: unknown): value is Settings['start'] {
  return value === null || isChart(value);
}

function isChart(value: unknown): value is Settings['charts'][number] {
  return (
    isRecord(value) &&
    isText(value['symbol']) &&
    isText(value['timeframe']) &&
    isTimeframe(value['timeframe'])
  );
}

function isHotkeys(value: unknown): value is Settings['hotkeys'] {
  return (
    isRecord(value) &&
    Object.values(value).every((keys) => Array.isArray(keys) && keys.length <= 2 && keys.every(isText))
  );
}

function isWatchSort(value: unknown): value is Settings['watchSort'] {
  if (value === null) return true;
  return (
    isRecord(value) &&
    WATCH_COLUMNS.some((column) => column === value['by']) &&
    typeof value['isDescending'] === 'boolean'
  );
}

function isIndicator(value: unknown): value is Settings['indicators'][number] {
  if (!isRecord(value)) return false;
  const { kind, values } = value;
  return isText(kind) && Array.isArray(values) && values.every((one) => typeof one === 'number' && one > 0);
}
