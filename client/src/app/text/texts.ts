import type { EpochMs } from '@libs/bars';
import type { MarketSession } from '@libs/calendar';
import type { Completeness } from '../data-access/completeness';
import type { DeskState, Unreal } from '../data-access/desk-state';
import type { ComingTry } from '../data-access/market-stream';
import type { Theme } from '../data-access/theme';
import type { View } from '../data-access/view-store';
import { formatMoment, formatSpan } from './format';
import type { Zone } from './zone';

/** Every sentence the desk says about its own state (design, sections 12 and 14). */
export const BADGES: Readonly<Record<DeskState, string>> = {
  connecting: 'CONNECTING',
  live: 'LIVE',
  idle: 'MARKET CLOSED',
  delayed: 'DELAYED',
  simulated: 'SIMULATED',
  replay: 'REPLAY',
  stale: 'STALE',
  down: 'DOWN',
  offline: 'OFFLINE',
};

/** Names of the themes as the switch shows them. */
export const THEME_NAMES: Readonly<Record<Theme, string>> = {
  auto: 'As the system',
  dark: 'Dark',
  light: 'Light',
  contrast: 'High contrast',
};

/** Names of the views as the navigation shows them. */
export const VIEW_NAMES: Readonly<Record<View, string>> = {
  desk: 'Desk',
  rules: 'Rules',
  signals: 'Signals',
  journal: 'Journal',
  system: 'System',
  settings: 'Settings',
};

/** Second key of the way to a view, after G. */
export const VIEW_KEYS: Readonly<Record<View, string>> = {
  desk: 'D',
  rules: 'R',
  signals: 'S',
  journal: 'J',
  system: 'Y',
  settings: 'E',
};

/** What is said of made-up prices to whoever sees them first. */
export const WAY_TO_REAL_PRICES =
  'For crypto without a key start the server with FEED=coinbase; for US stocks set MASSIVE_API_KEY.';

/** The tour of the first visit; the first step begins with what the prices are. */
export const TOUR_STEPS: readonly [TourStep, ...TourStep[]] = [
  {
    title: 'What you see',
    text: 'The badge at the top always says it: live, late, made up, recorded or old. A hatched or blue edge means: not the live market.',
  },
  {
    title: 'Whether it is all there',
    text: 'The complete mark compares the bars you see with the bars on record, value by value. What is missing is fetched before anything goes on, and what nobody has is hatched.',
  },
  {
    title: 'Let rules watch',
    text: 'Write down what you look for, or take one of six setups. Each signal stands on its bar with a receipt of every value it rests on.',
  },
  {
    title: 'By keyboard',
    text: 'Ctrl K finds and does everything. 1 to 8 choose the timeframe, J and K the symbol, and ? lists all keys.',
  },
];

interface TourStep {
  readonly title: string;
  readonly text: string;
}

/** Words behind the candles, by what the prices are if they are not the live market's. */
export const WORDS_BEHIND: Readonly<Record<Unreal, string>> = {
  simulated: 'Simulated prices',
  replay: 'Recorded prices',
};

/** What the desk says of its state: the first sentence carries, the rest explains. */
export interface Banner {
  readonly lead: string;
  readonly rest: string;
  /** Whether trying at once may help. */
  readonly canTry: boolean;
}

/** What the server said of its feed. */
export interface FeedWords {
  readonly source: string;
  readonly reason: string;
}

/** What the badge means, in a sentence, for its tooltip and for screen readers. */
export function stateSentence(state: DeskState, { source, reason }: FeedWords): string {
  switch (state) {
    case 'connecting':
      return 'The desk opens its line to the server.';
    case 'live':
      return `Live prices from ${source}.`;
    case 'idle':
      return 'The market is closed by its calendar. Nothing is missing.';
    case 'simulated':
      return `These prices are made up and are not the market's: ${reason}.`;
    case 'replay':
      return `These prices are recorded ones: ${reason}.`;
    case 'offline':
      return 'This device has no network.';
    case 'stale':
      return 'Prices here are old.';
    default:
      return `${source}: ${reason}.`;
  }
}

/** Banner over the chart, `null` where nothing needs saying. `lostForMs`: how long the line has been gone, if it is. */
export function bannerOf(
  state: DeskState,
  { source, reason }: FeedWords,
  lostForMs: number | null,
  ageMs: number | null,
): Banner | null {
  switch (state) {
    case 'offline':
      return {
        lead: 'This device has no network.',
        rest: 'Prices here are old. The desk heals by itself when it is back.',
        canTry: false,
      };
    case 'connecting':
      return lostForMs === null
        ? null
        : { lead: 'The server does not answer.', rest: 'The desk goes on trying.', canTry: true };
    case 'stale':
      return lostForMs !== null
        ? {
            lead: 'The line to the server is lost.',
            rest: 'Prices here are old. What is missing is fetched first when it is back.',
            canTry: true,
          }
        : {
            lead: `No trade${ageMs === null ? '' : ` for ${formatSpan(ageMs)}`} while the market is open.`,
            rest: `Prices here are old. ${sentence(reason)}`,
            canTry: false,
          };
    case 'delayed':
      return { lead: 'These prices are late.', rest: sentence(reason), canTry: false };
    case 'down':
      return {
        lead: `No prices from ${source}.`,
        rest: `${sentence(reason)} Shown are the stored bars.`,
        canTry: false,
      };
    default:
      return null;
  }
}

/** `try 3, next in 4 s` */
export function tryText({ attempt, atMs }: ComingTry, nowMs: EpochMs): string {
  const inMs = atMs - nowMs;
  const next = inMs < 1_000 ? 'next now' : `next in ${Math.ceil(inMs / 1_000)} s`;
  return `try ${attempt}, ${next}`;
}

/** Where the market is in its day: `Regular session, closes in 5 h 17 min`. Empty where it never closes. */
export function sessionText(
  { session, endMs, nextOpenMs }: MarketSession,
  nowMs: EpochMs,
  zone: Zone,
): string {
  switch (session) {
    case 'pre':
      return `Pre-market, opens in ${formatSpan(endMs - nowMs)}`;
    case 'regular':
      return `Regular session, closes in ${formatSpan(endMs - nowMs)}`;
    case 'post':
      return `After hours, end in ${formatSpan(endMs - nowMs)}`;
    case 'closed':
      return nextOpenMs === null ? '' : `Pre-market opens ${formatMoment(endMs, nowMs, zone)}`;
    case 'open24':
      return '';
  }
}

/** The complete mark: its word, and what it rests on. */
export interface CompleteMark {
  readonly isComplete: boolean;
  readonly word: string;
  readonly detail: string;
}

/** What the mark says; `null` while nothing is known. */
export function completeMark(
  found: Completeness,
  verdict: string | null,
  reconnects: number,
): CompleteMark | null {
  const line = `Reconnects ${reconnects}, last verdict ${verdict ?? 'none'}.`;
  switch (found.state) {
    case 'unknown':
      return null;
    case 'complete':
      return {
        isComplete: true,
        word: 'complete',
        detail: `These ${found.bars} bars are the server's, digest ${found.sha256.slice(0, 8)}. ${line}`,
      };
    case 'incomplete':
      return {
        isComplete: false,
        word: 'not complete',
        detail: `Here are ${found.bars} bars, the server has ${found.serverBars} in their range, or other values. ${line} Reload to read them anew.`,
      };
  }
}

/** Words of the screen that asks for the PIN, and of the way out. */
export const PIN_TEXTS = {
  label: 'PIN',
  open: 'Open the desk',
  opening: 'Opening',
  empty: 'The PIN is missing.',
  again: 'Another try is possible now.',
  hint: 'The PIN is the APP_PIN the server was started with.',
  session: 'Session',
  leave: 'Log out',
  leaveEverywhere: 'Log out everywhere',
  leaveFailed: 'The session could not be ended: the server does not answer.',
} as const;

/** Words of the desk that carry at most a name. */
export const TEXTS = {
  noBars: (symbol: string, timeframe: string): string => `No ${timeframe} bar of ${symbol} yet.`,
  noBarsReason: 'The first one appears when its time is over and a trade fell into it.',
  reading: (symbol: string, timeframe: string): string => `Reading bars of ${symbol} ${timeframe}`,
  failed: 'The bars could not be read.',
  retry: 'Try again',
  tryNow: 'Try now',
  signals: 'Signals',
  replayedSignals: 'In this replay',
  noReplayedSignals: 'No signal in this replay yet.',
  future: 'not sent yet',
  noSignals: 'No signal yet. Rules give them, at the close of a bar.',
  noMatch: (typed: string): string => `No symbol matches ${typed}.`,
  closed: 'closed',
  old: (ageMs: number): string => `${formatSpan(ageMs)} old`,
  halted: (when: string): string => `Halted since ${when}`,
  lastTrade: (when: string): string => `Last trade ${when}`,
  priorClose: 'Prior close',
} as const;

/** Reasons come as phrases; on the desk they stand as sentences. */
function sentence(phrase: string): string {
  const trimmed = phrase.trim();
  if (trimmed === '') return '';
  const text = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Layouts of the desk by how many charts they show. */
export const LAYOUT_NAMES = { 1: 'One chart', 2: 'Two charts', 4: 'Four charts' } as const;

/** What charts can have in common, and what that does. */
export const LINK_WORDS = {
  symbol: { name: 'Symbol', what: 'One choice for all charts' },
  timeframe: { name: 'Timeframe', what: 'Bars of the same length' },
  crosshair: { name: 'Crosshair', what: 'The same time pointed at' },
  range: { name: 'Range', what: 'The same hours in view' },
} as const;
