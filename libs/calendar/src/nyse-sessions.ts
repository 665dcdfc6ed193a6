/** Part of the trading day of New York. */
export type SessionPart = 'overnight' | 'pre' | 'regular' | 'post';

/** When a part of the day begins and ends, as clocks in New York show it. */
export interface SessionTimes {
  readonly part: SessionPart;
  readonly from: string;
  readonly to: string;
  /** Where it ends on days that close early, if another time, and where it then begins. */
  readonly early?: { readonly from?: string; readonly to: string };
  /** Whether it begins on the evening before its trading day. */
  readonly isEveningBefore?: boolean;
}

/**
 * The sessions of New York's exchanges, in order. A table for people: hours are changed here, and nothing else. Overnight
 * trading is offered by some venues and planned by the exchanges; it is shown only to who asks for it.
 *
 * Source: trading hours of NYSE and Nasdaq, and of the overnight venues that brokers use, as of 2026-11.
 */
export const NYSE_SESSIONS: readonly SessionTimes[] = [
  { part: 'overnight', from: '20:00', to: '04:00', isEveningBefore: true },
  { part: 'pre', from: '04:00', to: '09:30' },
  { part: 'regular', from: '09:30', to: '16:00', early: { to: '13:00' } },
  { part: 'post', from: '16:00', to: '20:00', early: { from: '13:00', to: '17:00' } },
];
