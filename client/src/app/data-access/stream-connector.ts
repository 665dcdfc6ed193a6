import { Injectable } from '@angular/core';

/** What a connection tells. */
export interface StreamListener {
  /** The server accepted the stream. */
  onOpen(): void;
  /** An event with its JSON text and the cursor it carries, if any. */
  onEvent(name: string, data: string, id: string): void;
  /** The connection is gone, whatever the reason. Called once. */
  onLost(): void;
}

export const STREAM_EVENTS = ['bootstrap', 'epoch', 'bar', 'microbar', 'status', 'ping'] as const;

/**
 * Opens one connection of the stream. Behind a class of its own, so that tests can play the server. A native
 * EventSource gives up for good on some answers and hides which; so each object is used for one connection only and
 * reconnecting is ours.
 */
@Injectable({ providedIn: 'root' })
export class StreamConnector {
  /** Returns what closes the connection without a call to `onLost`. */
  connect(url: string, listener: StreamListener): () => void {
    const source = new EventSource(url);
    source.onopen = () => {
      listener.onOpen();
    };
    source.onerror = () => {
      source.close();
      listener.onLost();
    };
    for (const name of STREAM_EVENTS) {
      source.addEventListener(name, ({ data, lastEventId }: MessageEvent<string>) => {
        listener.onEvent(name, data, lastEventId);
      });
    }
    return () => {
      source.close();
    };
  }
}
