import type { StreamListener } from '../dial-stream';

/** One connection of a scripted stream. */
export interface ScriptedConnection {
  readonly url: URL;
  readonly listener: StreamListener;
  isClosed: boolean;
}

/** Plays the server's side of the stream. */
export class ScriptedConnector {
  readonly connections: ScriptedConnection[] = [];

  connect(url: string, listener: StreamListener): () => void {
    const connection = { url: new URL(url, 'http://desk'), listener, isClosed: false };
    this.connections.push(connection);
    return () => {
      connection.isClosed = true;
    };
  }

  /** The newest connection. */
  get last(): ScriptedConnection {
    const last = this.connections.at(-1);
    if (last === undefined) throw new Error('Nothing is connected yet.');
    return last;
  }

  /** What the newest connection asked for. */
  get asked(): Record<string, string> {
    return Object.fromEntries(this.last.url.searchParams);
  }

  send(name: string, data: unknown, id = ''): void {
    this.last.listener.onEvent(name, JSON.stringify(data), id);
  }

  bootstrap(verdict: 'new' | 'exact' | 'partial' | 'reset', epochId = 'e1', cursor = 'end'): void {
    this.last.listener.onOpen();
    this.send('bootstrap', {
      epoch: { id: epochId, startMs: 0 },
      symbols: [],
      timeframe: '1m',
      server_time: 0,
      heartbeat_ms: 10_000,
      ticks: false,
      source: 'test',
      resume: { verdict },
      cursor,
    });
  }
}
