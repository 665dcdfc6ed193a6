import { beforeEach, describe, expect, it } from '@jest/globals';
import type { StreamListener } from './dial-stream';
import { JOIN_TIMEOUT_MS, SharedLine } from './shared-line';
import type { TabMessage } from './tab-message';

/** A browser with tabs on one channel, one lock, and a server that notes who dials it. */
class Browser {
  readonly dialled: { readonly url: URL; readonly listener: StreamListener; isOpen: boolean }[] = [];
  private readonly channels: { tab: string; onMessage: (message: TabMessage) => void; isFrozen: boolean }[] =
    [];
  private readonly queue: { tab: string; whenLeading: () => void }[] = [];
  private timers: { dueMs: number; task: () => void }[] = [];
  private now = 0;

  tab(name: string): Tab {
    const channel: (typeof this.channels)[number] = {
      tab: name,
      onMessage: (): void => undefined,
      isFrozen: false,
    };
    this.channels.push(channel);
    const line = new SharedLine({
      tab: name,
      channel: {
        post: (message) => {
          for (const other of this.channels)
            if (other.tab !== name && !other.isFrozen)
              other.onMessage(JSON.parse(JSON.stringify(message)) as TabMessage);
        },
        get onMessage() {
          return channel.onMessage;
        },
        set onMessage(hear) {
          channel.onMessage = hear;
        },
      },
      dial: (url, listener) => {
        const connection = { url: new URL(url, 'http://desk'), listener, isOpen: true };
        this.dialled.push(connection);
        return () => {
          connection.isOpen = false;
        };
      },
      lead: (whenLeading) => {
        const entry = { tab: name, whenLeading };
        this.queue.push(entry);
        if (this.queue[0] === entry) whenLeading();
        return () => {
          const wasFirst = this.queue[0] === entry;
          this.queue.splice(this.queue.indexOf(entry), 1);
          if (wasFirst) this.queue[0]?.whenLeading();
        };
      },
      after: (ms, task) => {
        const timer = { dueMs: this.now + ms, task };
        this.timers.push(timer);
        return () => {
          this.timers = this.timers.filter((one) => one !== timer);
        };
      },
      nowMs: () => this.now,
    });
    return new Tab(line, () => {
      channel.isFrozen = true;
    });
  }

  advance(ms: number): void {
    this.now += ms;
    for (;;) {
      const due = this.timers.find(({ dueMs }) => dueMs <= this.now);
      if (due === undefined) return;
      this.timers = this.timers.filter((one) => one !== due);
      due.task();
    }
  }

  get open(): { url: URL; listener: StreamListener }[] {
    return this.dialled.filter(({ isOpen }) => isOpen);
  }

  get line(): { url: URL; listener: StreamListener } {
    expect(this.open).toHaveLength(1);
    return this.open[0]!;
  }

  bootstrap(verdict: string, cursor = ''): void {
    this.line.listener.onOpen();
    const resume = { verdict };
    const event = { epoch: { id: 'e1', startMs: 0 }, symbols: ['SPY'], timeframe: '1m', source: 'test' };
    this.send('bootstrap', {
      ...event,
      server_time: 1_000_000 + this.now,
      heartbeat_ms: 10_000,
      resume,
      cursor,
    });
  }

  bar(timeframe: string, seq: number): void {
    this.line.listener.onEvent('bar', `{"symbol":"SPY","timeframe":"${timeframe}","seq":${seq}}`, `c${seq}`);
  }

  send(name: string, data: unknown): void {
    this.line.listener.onEvent(name, JSON.stringify(data), '');
  }
}

/** What the desk of one tab sees. */
class Tab {
  readonly seen: string[] = [];
  serverTime = 0;
  cursor = '';
  losses = 0;
  private close = (): void => undefined;

  constructor(
    readonly line: SharedLine,
    readonly freeze: () => void,
  ) {}

  open(timeframe = '1m', more = ''): this {
    this.close = this.line.connect(`/realtime/sse?symbols=SPY&timeframe=${timeframe}${more}`, {
      onOpen: () => undefined,
      onEvent: (name, data, id) => {
        const event = JSON.parse(data) as {
          seq?: number;
          resume?: { verdict: string };
          server_time?: number;
        };
        if (name === 'bootstrap') this.serverTime = event.server_time ?? 0;
        if (name === 'bar') this.cursor = id;
        this.seen.push(`${name} ${event.seq ?? event.resume?.verdict ?? ''}`.trim());
      },
      onLost: () => {
        this.losses++;
      },
    });
    return this;
  }

  reopen(timeframe = '1m'): void {
    this.close();
    this.open(timeframe, `&lastEventId=${this.cursor}`);
  }
}

describe('one stream for all tabs', () => {
  let browser: Browser;
  let first: Tab;
  let second: Tab;

  beforeEach(() => {
    browser = new Browser();
    first = browser.tab('first').open('1m', '&sinceSeq=9');
    browser.advance(100);
    second = browser.tab('second');
  });

  it('one tab asks as it would alone', () => {
    expect(browser.line.url.search).toBe('?symbols=SPY&timeframe=1m&sinceSeq=9');
    browser.bootstrap('exact');
    browser.bar('1m', 10);
    expect(first.seen).toEqual(['bootstrap exact', 'bar 10']);
  });

  it('another tab with the same chart joins the open line, and is told to fetch what it misses', () => {
    browser.bootstrap('exact');
    browser.send('status', {});
    browser.bar('1m', 10);
    browser.advance(5_000);
    second.open();
    expect(browser.dialled).toHaveLength(1);
    expect(second.seen).toEqual(['bootstrap partial', 'status']);
    expect(second.serverTime).toBe(1_005_100);
    browser.bar('1m', 11);
    expect(first.seen.at(-1)).toBe('bar 11');
    expect(second.seen.at(-1)).toBe('bar 11');
  });

  it('another timeframe widens the line from where it is; each tab is brought its own', () => {
    browser.bootstrap('exact');
    browser.bar('1m', 10);
    second.open('5m');
    expect(browser.line.url.search).toBe('?symbols=SPY&timeframe=1m%2C5m&lastEventId=c10');
    browser.bootstrap('exact');
    browser.bar('1m', 11);
    browser.bar('5m', 2);
    expect(first.seen.slice(-2)).toEqual(['bootstrap exact', 'bar 11']);
    expect(second.seen).toEqual(['bootstrap partial', 'bar 2']);
  });

  it('a tab that shows a tape widens the line, is brought it alone, and narrows it when it is done', () => {
    browser.bootstrap('exact');
    browser.bar('1m', 10);
    second.open('1m', '&tape=SPY');
    expect(browser.line.url.search).toBe('?symbols=SPY&timeframe=1m&tape=SPY&lastEventId=c10');
    browser.bootstrap('exact');
    browser.send('tape', { symbol: 'SPY', rows: [], left_out: 0 });
    expect(second.seen.at(-1)).toBe('tape');
    expect(first.seen).not.toContain('tape');
    browser.bar('1m', 11);
    second.reopen();
    expect(browser.line.url.search).toBe('?symbols=SPY&timeframe=1m&lastEventId=c11');
  });

  it('when the tab with the line closes, another one goes on with its cursor', () => {
    second.open();
    browser.bootstrap('exact');
    browser.bar('1m', 10);
    first.line.hide();
    browser.advance(100);
    expect(browser.line.url.searchParams.get('timeframe')).toBe('1m');
    browser.bootstrap('exact');
    browser.bar('1m', 11);
    expect(second.seen.slice(-3)).toEqual(['bar 10', 'bootstrap exact', 'bar 11']);
    expect(second.losses).toBe(0);
    expect(first.seen.at(-1)).toBe('bar 10');
  });

  it('a lost line is lost for all, and opened again once by whoever comes first', () => {
    second.open();
    browser.bootstrap('exact');
    browser.bar('1m', 10);
    browser.line.listener.onLost();
    expect([first.losses, second.losses]).toEqual([1, 1]);
    second.reopen();
    first.reopen();
    expect(browser.open).toHaveLength(1);
    expect(browser.line.url.searchParams.get('lastEventId')).toBe('c10');
    browser.bootstrap('exact');
    expect([first.seen.at(-1), second.seen.at(-1)]).toEqual(['bootstrap exact', 'bootstrap exact']);
  });

  it('a line that is silent is opened anew when a tab asks again', () => {
    browser.bootstrap('exact');
    browser.bar('1m', 10);
    browser.advance(25_000);
    first.reopen();
    expect(browser.dialled).toHaveLength(2);
    expect(browser.open).toHaveLength(1);
  });

  it('a line that hangs before it greets is opened anew when a tab asks again, as after a sleep', () => {
    browser.bootstrap('exact');
    browser.advance(25_000);
    first.reopen();
    expect(browser.dialled).toHaveLength(2);
    browser.advance(1_000);
    first.reopen();
    expect(browser.dialled).toHaveLength(2);
    browser.advance(25_000);
    first.reopen();
    expect(browser.dialled).toHaveLength(3);
    expect(browser.open).toHaveLength(1);
  });

  it('a tab that nobody answers opens a line of its own', () => {
    browser.bootstrap('exact');
    first.freeze();
    second.open();
    browser.advance(JOIN_TIMEOUT_MS);
    expect(browser.open).toHaveLength(2);
    browser.open[1]!.listener.onEvent('bar', '{"symbol":"SPY","timeframe":"1m","seq":20}', 'c20');
    expect(second.seen).toEqual(['bar 20']);
  });

  it('ten tabs share one line', () => {
    browser.bootstrap('exact');
    const tabs = Array.from({ length: 9 }, (_, index) => browser.tab(`tab ${index}`).open());
    browser.bar('1m', 10);
    expect(browser.open).toHaveLength(1);
    expect(tabs.every(({ seen }) => seen.at(-1) === 'bar 10')).toBe(true);
  });
});
