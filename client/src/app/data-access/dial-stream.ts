/** What a connection tells. */
export interface StreamListener {
  /** The server accepted the stream. */
  onOpen(): void;
  /** An event with its JSON text and the cursor it carries, if any. */
  onEvent(name: string, data: string, id: string): void;
  /** The connection is gone, whatever the reason. Called once. */
  onLost(): void;
}

/** Opens a connection. Returns what closes it without a call to `onLost`. */
export type DialStream = (url: string, listener: StreamListener) => () => void;

const STREAM_EVENTS = ['bootstrap', 'epoch', 'bar', 'alert', 'microbar', 'tape', 'status', 'ping'] as const;

/**
 * Opens one connection to the server. A native EventSource gives up for good on some answers and hides which; so each
 * object is used for one connection only and reconnecting is ours.
 */
export function dialStream(url: string, listener: StreamListener): () => void {
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
