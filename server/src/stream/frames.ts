import { barJson, microbarJson, type Microbar } from '@libs/bars';
import type {
  BootstrapEvent,
  EpochEvent,
  PingEvent,
  StatusEvent,
  StreamEvents,
  TapeEvent,
  TickEvent,
} from '@libs/contract';
import type { LogAlert, LoggedBar, ReadableLog } from '../market/index.js';
import { formatCursor } from './cursor.js';

/** A finalized bar. Bars and alerts alone have an id: the resume cursor moves with data. */
export function barFrame({ offset, bar }: LoggedBar, epochId: string): string {
  return `event: bar\nid: ${formatCursor({ epochId, offset })}\ndata: ${barJson(bar)}\n\n`;
}

/** An alert, with its own place in the log. */
export function alertFrame(offset: number, { json }: LogAlert, epochId: string): string {
  return `event: alert\nid: ${formatCursor({ epochId, offset })}\ndata: ${json}\n\n`;
}

/** What is at a position of the log's tail. */
export function logFrame({ tail, epoch }: Pick<ReadableLog, 'tail' | 'epoch'>, position: number): string {
  const alert = tail.alertAt(position);
  return alert === undefined
    ? barFrame(tail.read(position), epoch.id)
    : alertFrame(tail.offsetAt(position), alert, epoch.id);
}

/** A forming bar; carries no id. */
export function microbarFrame(microbar: Microbar): string {
  return `event: microbar\ndata: ${microbarJson(microbar)}\n\n`;
}

interface ControlEvents extends Pick<
  StreamEvents,
  'bootstrap' | 'epoch' | 'status' | 'ping' | 'tape' | 'tick'
> {
  bootstrap: BootstrapEvent;
  epoch: EpochEvent;
  status: StatusEvent;
  ping: PingEvent;
  tape: TapeEvent;
  tick: TickEvent;
}

/** Any other event; carries no id, so that it never moves the cursor. JSON holds no raw line end. */
export function controlFrame<Name extends keyof ControlEvents>(
  name: Name,
  data: ControlEvents[Name],
): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Tells the browser how long to wait before it connects again. */
export function retryFrame(delayMs: number): string {
  return `retry: ${Math.round(delayMs)}\n\n`;
}
