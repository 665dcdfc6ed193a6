import type { Bar, Microbar } from '@libs/bars';
import type { AlertEvent, BootstrapEvent, StatusEvent } from '@libs/contract';
import type { Note } from '../log/log-entry.js';

/** What the checker needs of an event, as a reader notes it. `id` is what the event moved the cursor to, `null` for nothing. */
export function noteOf(
  { name, id, data }: { readonly name: string; readonly id: string | null; readonly data: string },
  connection: number,
): Note {
  const at = { connection, id };
  switch (name) {
    case 'bootstrap': {
      const { resume, epoch, cursor } = JSON.parse(data) as BootstrapEvent;
      const { verdict, reason = '' } = resume;
      return { connection, kind: 'bootstrap', verdict, reason, epochId: epoch.id, cursor };
    }
    case 'bar':
      return { ...at, kind: 'bar', bar: JSON.parse(data) as Bar };
    case 'microbar': {
      const { symbol, timeframe, seq } = JSON.parse(data) as Microbar;
      return { ...at, kind: 'microbar', series: { symbol, timeframe }, seq };
    }
    case 'status': {
      const { state, reason } = JSON.parse(data) as StatusEvent;
      return { ...at, kind: 'status', state, reason };
    }
    case 'alert': {
      const { id: key } = JSON.parse(data) as AlertEvent;
      return { ...at, kind: 'alert', key };
    }
    default:
      return { ...at, kind: 'control', name };
  }
}
