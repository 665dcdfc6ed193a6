import type { DeskState } from '../data-access/desk-state';
import { formatSpan } from './format';

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
  lost: 'RECONNECTING',
};

/** Words behind the candles where these are not the live market's. */
export const WATERMARKS: Partial<Record<DeskState, string>> = {
  simulated: 'Simulated prices',
  replay: 'Recorded prices',
};

/** What the badge means, in a sentence, for its tooltip and for screen readers. */
export function stateSentence(state: DeskState, source: string, reason: string): string {
  switch (state) {
    case 'connecting':
      return 'Connecting to the desk.';
    case 'live':
      return `Live prices from ${source}.`;
    case 'idle':
      return 'The market is closed. Nothing is missing.';
    case 'simulated':
      return `These prices are made up: ${reason}.`;
    case 'offline':
      return 'This device has no network. The desk heals by itself when it is back.';
    case 'lost':
      return 'The line to the desk is lost. It reconnects by itself and fetches what was missed.';
    default:
      return `${source}: ${reason}.`;
  }
}

/** Banner over the chart, `null` where nothing needs saying. */
export function bannerText(state: DeskState, reason: string, tryInMs: number | null): string | null {
  switch (state) {
    case 'offline':
      return 'This device has no network. The desk heals by itself when it is back.';
    case 'lost': {
      const next = tryInMs === null ? 'now' : `in ${formatSpan(tryInMs)}`;
      return `The line to the desk is lost. Prices here are old. Next try ${next}.`;
    }
    case 'stale':
      return `No trade comes although the market is open. Prices here are old: ${reason}.`;
    case 'delayed':
      return `These prices are late: ${reason}.`;
    case 'down':
      return `No new prices: ${reason}. Shown are the stored bars.`;
    default:
      return null;
  }
}

export const TEXTS = {
  noBars: (symbol: string, timeframe: string): string => `No ${timeframe} bar of ${symbol} yet.`,
  noBarsReason: 'The first one appears when its time is over and a trade fell into it.',
  reading: (symbol: string, timeframe: string): string => `Reading bars of ${symbol} ${timeframe}`,
  failed: 'The bars could not be read.',
  retry: 'Try again',
  complete: 'complete',
  incomplete: 'not complete',
  completeDetail: (bars: number): string => `These ${bars} bars are the server's, bar for bar.`,
  incompleteDetail: (bars: number, serverBars: number): string =>
    `Here are ${bars} bars, the server has ${serverBars} in the same range. Reload to read them anew.`,
} as const;
