import { timeframeMs, type EpochMs, type Seq, type Timeframe } from '@libs/bars';
import { dayStartOf, sessionAt, type CalendarName, type SessionName } from '@libs/calendar';

/**
 * Stretch over which session values are gathered: the pre-market by itself, the regular session together with what
 * follows it, and a market that never closes by its UTC day. Between them (`off`) nothing is gathered.
 */
export type DayPart = 'pre' | 'main' | 'off';

const PART_OF_SESSION: Record<SessionName, DayPart> = {
  pre: 'pre',
  regular: 'main',
  post: 'main',
  closed: 'off',
  open24: 'main',
};

/** Where a bar lies in the trading day. One for each series; asks the calendar once a session. */
export class TradingClock {
  session: SessionName = 'closed';
  /** `YYYY-MM-DD` of the trading day. */
  tradeDate = '';
  part: DayPart = 'off';
  /** Start of the part of the day the bar lies in. */
  partStartMs: EpochMs = NaN;
  /** Start and end of today's regular session; the next one's while the market is closed. */
  openMs: EpochMs = NaN;
  closeMs: EpochMs = NaN;
  /** Start and end of the bar. */
  barStartMs: EpochMs = NaN;
  barEndMs: EpochMs = NaN;
  /** Local midnight of the bar's day. */
  dayStartMs: EpochMs = NaN;
  /** Whether this bar is the first of its part of the day. */
  isFirstOfPart = false;
  /** Whether the part's first bar is on record and was seen: only then is anything that sums it up true. */
  isPartComplete = false;

  private readonly dayStart: (tsMs: EpochMs) => EpochMs;
  private readonly lengthMs: number;
  private sessionStartMs: EpochMs = Infinity;
  private sessionEndMs: EpochMs = -Infinity;

  constructor(
    private readonly calendar: CalendarName,
    timeframe: Timeframe,
  ) {
    this.dayStart = dayStartOf(calendar);
    this.lengthMs = timeframeMs(timeframe);
  }

  /** Moves on to a bar. `prevSeq` is the seq of the bar before it, `null` for the first on record. */
  advance(barStartMs: EpochMs, prevSeq: Seq | null): void {
    this.barStartMs = barStartMs;
    this.barEndMs = barStartMs + this.lengthMs;
    this.dayStartMs = this.dayStart(barStartMs);
    if (barStartMs >= this.sessionEndMs || barStartMs < this.sessionStartMs) this.enter(barStartMs);
    // The first bar on record may have come late in its session; nobody knows what it missed.
    const prevStartMs = prevSeq === null ? NaN : prevSeq * this.lengthMs;
    this.isFirstOfPart = prevSeq === null ? barStartMs === this.partStartMs : prevStartMs < this.partStartMs;
    if (this.isFirstOfPart) this.isPartComplete = true;
  }

  private enter(tsMs: EpochMs): void {
    const { session, tradeDate, startMs, endMs, nextOpenMs } = sessionAt(tsMs, this.calendar);
    this.session = session;
    this.tradeDate = tradeDate;
    this.sessionStartMs = startMs;
    this.sessionEndMs = endMs;
    this.setRegularHours(startMs, endMs, nextOpenMs);
    const part = PART_OF_SESSION[session];
    const partStartMs = part === 'main' ? this.openMs : startMs;
    if (partStartMs !== this.partStartMs) this.isPartComplete = false;
    this.part = part;
    this.partStartMs = partStartMs;
  }

  private setRegularHours(startMs: EpochMs, endMs: EpochMs, nextOpenMs: EpochMs | null): void {
    if (this.session === 'regular' || this.session === 'open24') {
      this.openMs = startMs;
      this.closeMs = endMs;
    } else if (this.session === 'post') {
      this.openMs = sessionAt(startMs - 1, this.calendar).startMs;
      this.closeMs = startMs;
    } else if (nextOpenMs !== null) {
      this.openMs = nextOpenMs;
      this.closeMs = sessionAt(nextOpenMs, this.calendar).endMs;
    }
  }
}
