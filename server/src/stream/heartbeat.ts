import type { Audience } from './audience.js';
import { encodeChunk } from './chunk.js';
import { controlFrame } from './frames.js';
import type { SlowReaders } from './slow-readers.js';

/** Tells every client that reads the time, and what waits for it and was left out; lets go of those that are silent. */
export function beat(audience: Audience, slow: SlowReaders, ts: number): void {
  const ping = (buffered: number, dropped: number) =>
    encodeChunk(controlFrame('ping', { ts, buffered, dropped }));
  const quiet = ping(0, 0);
  for (const group of audience.groups) {
    for (const connection of group.live) {
      if (slow.isBlocked(connection)) continue;
      const { droppedMicrobars } = connection;
      connection.write(droppedMicrobars === 0 ? quiet : ping(0, droppedMicrobars));
    }
  }
  for (const [connection, group] of audience.behind) {
    if (!slow.isBlocked(connection))
      connection.write(ping(slow.waitingEvents(connection, group), connection.droppedMicrobars));
  }
  slow.cutTheSilent(audience.connections());
}
