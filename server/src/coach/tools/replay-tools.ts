import { Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import { sessionAt, tradingDaysBack, type CalendarName } from '@libs/calendar';
import type * as z from 'zod';
import { DeskTime } from './desk-time.js';
import { MarketTools } from './market-tools.js';
import { ToolFault } from './tool-fault.js';
import { TOOL_INPUTS } from './tool-inputs.js';
import { defineTool, type Tool } from './tool.js';

const MINUTE_MS = 60_000;
const NOON_MS = 43_200_000;
const OPEN: Readonly<Record<CalendarName, string>> = { XNYS: '09:30', '24x7': '00:00' };
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
/** Trading days a day of the week is looked for. */
const DAYS_OF_A_WEEK = 7;

type Wish = z.output<typeof TOOL_INPUTS.startReplay>;

/** Days played again on the desk, once the trader agreed. */
@Injectable()
export class ReplayTools {
  constructor(
    private readonly market: MarketTools,
    private readonly time: DeskTime,
  ) {}

  get tools(): readonly Tool[] {
    return [
      defineTool({
        name: 'start_replay',
        summary: 'Plays a recorded day again on the desk from a moment; needs the trader’s word',
        input: TOOL_INPUTS.startReplay,
        isActing: true,
        propose: (wish) => {
          const { date, at } = this.momentOf(wish);
          const pace = wish.speed === 1 ? 'in real time' : `at ${wish.speed} times real time`;
          return `Replay ${wish.symbol} from ${at} on ${date}, ${pace}?`;
        },
        run: (wish) => {
          const { fromMs } = this.momentOf(wish);
          const { symbol, speed } = wish;
          return Promise.resolve({
            finding: null,
            deskAction: { kind: 'start_replay', symbol, from: fromMs, speed },
            done: 'The replay begins.',
          });
        },
      }),
    ];
  }

  /** The instant a wish means. Throws {@link ToolFault} for one that has not come yet, or a day without trading. */
  private momentOf({ symbol, day, at: asked }: Wish): { fromMs: EpochMs; date: string; at: string } {
    const { calendar } = this.market.figuresOf(symbol);
    const at = asked ?? OPEN[calendar];
    const nowMs = this.time.nowMs();
    const startMs = dayStart(day, nowMs, calendar);
    const date = dateOf(startMs);
    // On every trading day, short ones included, the market is open at noon.
    if (sessionAt(startMs + NOON_MS, calendar).session === 'closed')
      throw new ToolFault('not_found', 'There was no trading that day.');
    const [hours = 0, minutes = 0] = at.split(':').map(Number);
    // Clocks are changed on Sundays, when the exchange is closed: a trading day's hours are all of the same length.
    const fromMs = startMs + (hours * 60 + minutes) * MINUTE_MS;
    if (fromMs >= nowMs) throw new ToolFault('not_found', 'That moment has not come yet.');
    return { fromMs, date, at };
  }
}

/** First instant of the trading day that is meant. */
function dayStart(day: string, nowMs: EpochMs, calendar: CalendarName): EpochMs {
  if (day === 'today') return tradingDaysBack(nowMs, 0, calendar);
  if (day === 'yesterday') return tradingDaysBack(nowMs, 1, calendar);
  const weekday = WEEKDAYS.indexOf(day);
  if (weekday === -1) {
    const noonMs = Date.parse(`${day}T12:00:00Z`);
    if (Number.isNaN(noonMs)) throw new ToolFault('bad_input', 'That is no date.');
    return tradingDaysBack(noonMs, 0, calendar);
  }
  for (let back = 1; back <= DAYS_OF_A_WEEK; back++) {
    const startMs = tradingDaysBack(nowMs, back, calendar);
    if (new Date(`${dateOf(startMs)}T00:00:00Z`).getUTCDay() === weekday) return startMs;
  }
  throw new ToolFault('not_found', `There was no trading last ${day}.`);
}

/** A trading day begins at New York's or UTC's midnight, which lies on the same date in UTC. */
function dateOf(startMs: EpochMs): string {
  return new Date(startMs).toISOString().slice(0, 10);
}
