import type { BootstrapEvent } from '@libs/contract';
import type { DialStream } from './dial-stream';
import { isLogged, type TabMessage, type Want } from './tab-message';

/** Heartbeats of silence after which a line is taken for dead when a tab asks for it again. */
const SILENT_HEARTBEATS = 2;
/** Before the server has said how often it lets itself be heard. */
const DEFAULT_HEARTBEAT_MS = 10_000;

/** The line itself, in the tab that has it: one connection for everything any tab wants. */
export class LineHolder {
  private readonly wants = new Map<string, Want>();
  private closeLine: (() => void) | null = null;
  /** Tabs that have been brought everything up to the cursor. */
  private readonly joined = new Set<string>();
  private topics: {
    readonly symbols: ReadonlySet<string>;
    readonly timeframes: ReadonlySet<string>;
    readonly tape: ReadonlySet<string>;
  } | null = null;
  private bootstrap: { readonly event: BootstrapEvent; readonly atMs: number } | null = null;
  private heartbeatMs = DEFAULT_HEARTBEAT_MS;
  /** When the line brought something last, or was opened: one that hangs before its greeting is silent as well. */
  private heardAtMs = 0;
  private status: string | null = null;
  private cursor = '';
  private isGathering = true;

  constructor(
    private readonly parts: { readonly dial: DialStream; readonly nowMs: () => number },
    private readonly tell: (message: TabMessage) => void,
  ) {}

  /** A tab wants something: it joins the line, which is opened anew where it does not bring that yet. */
  take(tab: string, want: Want): void {
    this.wants.set(tab, want);
    this.joined.delete(tab);
    if (this.isGathering) return;
    // A tab that asks again may have found the line dead; one that just joins finds it alive.
    if (this.closeLine === null || !this.brings(want) || this.bringsIdleTape() || this.isSilent())
      this.redial();
    else this.welcome(tab, want);
  }

  forget(tab: string): void {
    this.wants.delete(tab);
    this.joined.delete(tab);
    if (this.wants.size === 0) this.close();
  }

  /** Opens the line with what was asked for so far. */
  open(): void {
    this.isGathering = false;
    if (this.wants.size > 0 && this.closeLine === null) this.redial();
  }

  close(): void {
    this.closeLine?.();
    this.closeLine = null;
    this.bootstrap = null;
  }

  private brings({ symbols, timeframes, tape }: Want): boolean {
    const { topics } = this;
    return (
      topics !== null &&
      timeframes.every((timeframe) => topics.timeframes.has(timeframe)) &&
      symbols.every((symbol) => topics.symbols.has(symbol)) &&
      tape.every((symbol) => topics.tape.has(symbol))
    );
  }

  /** Whether the server still makes a tape that no tab shows any more. */
  private bringsIdleTape(): boolean {
    const shown = new Set([...this.wants.values()].flatMap(({ tape }) => tape));
    return [...(this.topics?.tape ?? [])].some((symbol) => !shown.has(symbol));
  }

  private isSilent(): boolean {
    return this.parts.nowMs() - this.heardAtMs > SILENT_HEARTBEATS * this.heartbeatMs;
  }

  private redial(): void {
    this.close();
    const wants = [...this.wants.values()];
    this.topics = {
      symbols: new Set(wants.flatMap(({ symbols }) => symbols)),
      timeframes: new Set(wants.flatMap(({ timeframes }) => timeframes)),
      tape: new Set(wants.flatMap(({ tape }) => tape)),
    };
    // The newest place that any tab is known to have reached: cursors of one epoch grow.
    if (this.cursor === '') this.cursor = wants.map(({ cursor }) => cursor).find((one) => one !== '') ?? '';
    const from = this.cursor;
    const [only, ...others] = wants;
    const url = only !== undefined && others.length === 0 ? only.url : this.url();
    const line = { isCurrent: true };
    this.heardAtMs = this.parts.nowMs();
    const close = this.parts.dial(url, {
      onOpen: () => undefined,
      onEvent: (name, data, id) => {
        if (line.isCurrent) this.onEvent(name, data, id, from);
      },
      onLost: () => {
        if (!line.isCurrent) return;
        this.close();
        this.wants.clear();
        this.joined.clear();
        this.tell({ kind: 'lost' });
      },
    });
    this.closeLine = () => {
      line.isCurrent = false;
      close();
    };
  }

  private onEvent(name: string, data: string, id: string, from: string): void {
    this.heardAtMs = this.parts.nowMs();
    if (name === 'bootstrap') {
      const event = JSON.parse(data) as BootstrapEvent;
      this.bootstrap = { event, atMs: this.heardAtMs };
      this.heartbeatMs = event.heartbeat_ms;
      const { verdict } = event.resume;
      if (verdict === 'new' || verdict === 'reset') this.cursor = event.cursor;
      // What the server says holds for the place it was asked from; tabs that are elsewhere fetch what they miss.
      const isAlone = this.wants.size === 1;
      const isThere = ([tab, want]: [string, Want]): boolean =>
        isAlone || want.cursor === from || verdict === 'reset' || this.joined.has(tab);
      const wants = [...this.wants];
      const there = wants.filter(isThere).map(([tab]) => tab);
      for (const tab of there) this.joined.add(tab);
      if (there.length > 0) this.tell({ kind: 'event', name, data, id, to: there });
      for (const [tab, want] of wants.filter((one) => !isThere(one))) this.welcome(tab, want);
      return;
    }
    if (name === 'status') this.status = data;
    if (isLogged(name) && id !== '') this.cursor = id;
    this.tell({ kind: 'event', name, data, id });
  }

  /** Lets a tab in on the running line: what it does not have of the past it fetches from history. */
  private welcome(tab: string, want: Want): void {
    if (this.bootstrap === null) return; // It is on its way, to this tab as well.
    const { event, atMs } = this.bootstrap;
    this.joined.add(tab);
    const place = this.cursor === '' ? event.cursor : this.cursor;
    const isUpToDate = want.cursor !== '' && want.cursor === place;
    const data = JSON.stringify({
      ...event,
      symbols: want.symbols,
      timeframe: want.timeframes.join(','),
      cursor: place,
      server_time: event.server_time + this.parts.nowMs() - atMs,
      resume: isUpToDate ? { verdict: 'exact' } : { verdict: 'partial', reason: 'joined a running stream' },
    } satisfies BootstrapEvent);
    this.tell({ kind: 'event', name: 'bootstrap', data, id: '', to: [tab] });
    if (this.status !== null)
      this.tell({ kind: 'event', name: 'status', data: this.status, id: '', to: [tab] });
  }

  private url(): string {
    const { topics, cursor } = this;
    const query = new URLSearchParams({
      symbols: [...(topics?.symbols ?? [])].join(','),
      timeframe: [...(topics?.timeframes ?? [])].join(','),
    });
    if (topics !== null && topics.tape.size > 0) query.set('tape', [...topics.tape].join(','));
    if (cursor !== '') query.set('lastEventId', cursor);
    return `/realtime/sse?${query.toString()}`;
  }
}
