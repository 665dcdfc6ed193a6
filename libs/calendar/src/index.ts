export { dayStartOf, type CalendarName } from './day-start.js';
export {
  extendedSessionAt,
  sessionAt,
  type ExtendedSession,
  type MarketSession,
  type SessionName,
} from './sessions.js';
export { regularHoursOf } from './regular-hours.js';
export { tradingDaysBack } from './trading-days.js';
