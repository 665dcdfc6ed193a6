import type { Bar } from '@libs/bars';
import type { HistoryRequest } from '../history-url';

/** One request for bars under way. */
export interface ScriptedRequest {
  readonly request: HistoryRequest;
  readonly signal: AbortSignal | undefined;
  answer(bars: readonly Bar[]): Promise<void>;
  fail(message: string): Promise<void>;
}

/** Plays the server's history: every request waits until the spec answers it, aborted or not. */
export class ScriptedHistory {
  readonly requests: ScriptedRequest[] = [];
  symbolNames = ['SPY', 'QQQ'];

  bars(request: HistoryRequest, signal?: AbortSignal): Promise<Bar[]> {
    return new Promise((resolve, reject) => {
      this.requests.push({
        request,
        signal,
        answer: async (bars) => {
          resolve([...bars]);
          await settle();
        },
        fail: async (message) => {
          reject(new Error(message));
          await settle();
        },
      });
    });
  }

  symbols(): Promise<object[]> {
    return Promise.resolve(
      this.symbolNames.map((symbol) => ({
        symbol,
        name: `${symbol} Inc`,
        asset_class: 'us_equity',
        calendar: '24x7',
        price_decimals: 2,
      })),
    );
  }

  /** The newest request. */
  get last(): ScriptedRequest {
    const last = this.requests.at(-1);
    if (last === undefined) throw new Error('Nothing was asked yet.');
    return last;
  }
}

/** Lets everything that waits on a settled promise go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
