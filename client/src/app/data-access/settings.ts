/** Pairs of colours for up and down. All but `classic` can be told apart by colour-blind eyes. */
export const UPDOWN_PAIRS = ['teal-coral', 'blue-red', 'ink', 'classic'] as const;
export type UpDownPair = (typeof UPDOWN_PAIRS)[number];

/** How much room rows take. */
export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];

/** Whose clock times are told by: the exchange's, this device's, or nobody's. */
export const ZONE_CHOICES = ['exchange', 'local', 'utc'] as const;
export type ZoneChoice = (typeof ZONE_CHOICES)[number];

/** Which bars a chart of minutes shows: the regular session, with the hours around it, or all there are. */
export const HOURS_CHOICES = ['regular', 'extended', 'all'] as const;
export type HoursChoice = (typeof HOURS_CHOICES)[number];

/** What a user chooses about the desk, besides the theme. Kept in this browser. */
export interface Settings {
  /** Whether a signal is heard. */
  readonly sound: boolean;
  /** Whether the browser tells of a signal while the page is not looked at. */
  readonly notifications: boolean;
  readonly updown: UpDownPair;
  readonly density: Density;
  readonly zone: ZoneChoice;
  readonly hours: HoursChoice;
  /** Drawn over charts and under them, in the order they were added. */
  readonly indicators: readonly { readonly kind: string; readonly values: readonly number[] }[];
  /** Whether bars the coach speaks of are lit on the chart. */
  readonly citationLight: boolean;
  /** Whether the browser writes down what is said to the coach; most send it to a service of their maker's. */
  readonly dictation: boolean;
  /** Whether the coach speaks of signals by itself. */
  readonly callOuts: boolean;
  /** Whether the tour was seen or skipped. */
  readonly hasSeenTour: boolean;
}

const DEFAULTS: Settings = {
  sound: true,
  notifications: false,
  updown: 'teal-coral',
  density: 'comfortable',
  zone: 'exchange',
  hours: 'all',
  indicators: [],
  citationLight: true,
  dictation: false,
  callOuts: false,
  hasSeenTour: false,
};
/** Settings that are on or off. */
type Switch = 'sound' | 'notifications' | 'citationLight' | 'dictation' | 'callOuts' | 'hasSeenTour';
const STORAGE_KEY = 'spotlight.settings';
const MOST_INDICATORS = 8;

/** The choices of an earlier visit; what is missing or was never a choice is as it is by default. */
export function readSettings(): Settings {
  try {
    return withKnown(JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}') as unknown);
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

function withKnown(stored: unknown): Settings {
  if (typeof stored !== 'object' || stored === null) return DEFAULTS;
  const known = stored as Record<string, unknown>;
  const isOn = (name: Switch): boolean => {
    const value = known[name];
    return typeof value === 'boolean' ? value : DEFAULTS[name];
  };
  const oneOf = <T extends string>(name: string, choices: readonly T[], otherwise: T): T =>
    choices.find((choice) => choice === known[name]) ?? otherwise;
  const { indicators } = known;
  return {
    sound: isOn('sound'),
    notifications: isOn('notifications'),
    updown: oneOf('updown', UPDOWN_PAIRS, DEFAULTS.updown),
    density: oneOf('density', DENSITIES, DEFAULTS.density),
    zone: oneOf('zone', ZONE_CHOICES, DEFAULTS.zone),
    hours: oneOf('hours', HOURS_CHOICES, DEFAULTS.hours),
    indicators: Array.isArray(indicators)
      ? indicators.filter(isIndicator).slice(0, MOST_INDICATORS)
      : DEFAULTS.indicators,
    citationLight: isOn('citationLight'),
    dictation: isOn('dictation'),
    callOuts: isOn('callOuts'),
    hasSeenTour: isOn('hasSeenTour'),
  };
}

function isIndicator(value: unknown): value is Settings['indicators'][number] {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, values } = value as Record<string, unknown>;
  return (
    typeof kind === 'string' &&
    Array.isArray(values) &&
    values.every((one) => typeof one === 'number' && one > 0)
  );
}
