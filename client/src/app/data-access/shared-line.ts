import type { BootstrapEvent } from '@libs/contract';
import type { StreamListener } from './dial-stream';

/** What tabs say to one another. Everything is heard by every other tab of the browser. */
export type TabMessage =
  /** A tab wants to be brought these series from now on. */
  | { readonly kind: 'want'; readonly tab: string; readonly want: Want }
  | { readonly kind: 'bye'; readonly tab: string }
  /** Another tab has the line now; whoever wants something says it again. */
  | { readonly kind: 'hello' }
  /** Something the line brought, for some of the tabs or for all that have joined (`to` absent). */
  | {
      readonly kind: 'event';
      readonly name: string;
      readonly data: string;
      readonly id: string;
      readonly to?: readonly string[];
    }
  | { readonly kind: 'lost' };

/** What a tab asks of the line. */
export interface Want {
  readonly symbols: readonly string[];
  readonly timeframe: string;
  /** Id of the newest event the tab has, empty for none. */
  readonly cursor: string;
  /** The URL the tab would open alone. */
  readonly url: string;
}

/** Where tabs hear one another. */
export interface TabChannel {
  post(message: TabMessage): void;
  onMessage: (message: TabMessage) => void;
}

/** What a tab is made of besides its channel. */
export interface TabParts {
  readonly tab: string;
  readonly channel: TabChannel;
  /** Opens a connection to the server. */
  readonly dial: (url: string, listener: StreamListener) => () => void;
  /** Resolves once no other tab has the line; what is returned is called to let it go. */
  readonly lead: (whenLeading: () => void) => () => void;
  readonly after: (ms: number, task: () => void) => () => void;
  readonly nowMs: () => number;
}

/** A tab that is not answered by then opens a line of its own: the one that has the line may be frozen. */
export const JOIN_TIMEOUT_MS = 2_000;
/** How long a new holder of the line listens for what the others want before it opens it. */
const GATHER_MS = 50;
/** Heartbeats of silence after which a line is taken for dead when a tab asks for it again. */
const SILENT_HEARTBEATS = 2;
const SERIES = /^\{"symbol":"([^"]+)","timeframe":"([^"]+)"/;

/**
 * One stream for all tabs of a browser, which may keep no more than six connections to one server. One tab has the line
 * and hands on what it brings; when it closes, another one takes over with the same cursor. To the rest of the desk it
 * looks like a connection of its own.
 */
export class SharedLine {
  private readonly channel: TabChannel;
  private own: { want: Want; readonly listener: StreamListener; isJoined: boolean } | null = null;
  /** The newest event brought to this tab, and the newest one of the line at that time or after: nothing lies between. */
  private place = { ownId: '', lineId: '' };
  private cancelPatience = (): void => undefined;
  private closeAlone: (() => void) | null = null;
  /** Set while this tab has the line. */
  private holder: LineHolder | null = null;
  private release: (() => void) | null = null;

  constructor(private readonly parts: TabParts) {
    this.channel = parts.channel;
    this.channel.onMessage = (message) => {
      this.hear(message);
    };
    this.contend();
  }

  /** Brings what a URL of the stream asks for. Returns what ends it without a call to `onLost`. */
  connect(url: string, listener: StreamListener): () => void {
    this.leaveQuietly();
    const asked = wantOf(url);
    const { ownId, lineId } = this.place;
    const cursor = asked.cursor !== '' && asked.cursor === ownId ? lineId : asked.cursor;
    const own = { want: { ...asked, cursor }, listener, isJoined: false };
    this.own = own;
    this.ask(own.want);
    return () => {
      if (this.own === own) this.leaveQuietly();
    };
  }

  /** The page goes away: another tab takes the line over. */
  hide(): void {
    this.leaveQuietly();
    this.channel.post({ kind: 'bye', tab: this.parts.tab });
    this.holder?.close();
    this.holder = null;
    this.release?.();
    this.release = null;
  }

  /** The page is back after {@link hide}. */
  show(): void {
    if (this.release === null) this.contend();
  }

  private contend(): void {
    this.release = this.parts.lead(() => {
      this.holder = new LineHolder(this.parts, (message) => {
        this.channel.post(message);
        this.hearEvent(message);
      });
      this.channel.post({ kind: 'hello' });
      this.parts.after(GATHER_MS, () => {
        if (this.own !== null && this.closeAlone === null) this.ask(this.own.want);
        this.holder?.open();
      });
    });
  }

  private ask(want: Want): void {
    this.cancelPatience();
    if (this.holder !== null) this.holder.take(this.parts.tab, want);
    else {
      this.channel.post({ kind: 'want', tab: this.parts.tab, want });
      this.cancelPatience = this.parts.after(JOIN_TIMEOUT_MS, () => {
        this.goAlone();
      });
    }
  }

  private goAlone(): void {
    const { own } = this;
    if (own === null || own.isJoined) return;
    this.closeAlone = this.parts.dial(own.want.url, own.listener);
  }

  private leaveQuietly(): void {
    this.cancelPatience();
    this.closeAlone?.();
    this.closeAlone = null;
    this.own = null;
  }

  private hear(message: TabMessage): void {
    if (message.kind === 'want') this.holder?.take(message.tab, message.want);
    else if (message.kind === 'bye') this.holder?.forget(message.tab);
    else if (message.kind === 'hello') {
      if (this.own !== null && this.closeAlone === null) this.ask(this.own.want);
    } else this.hearEvent(message);
  }

  private hearEvent(message: TabMessage): void {
    const { own } = this;
    if (own === null || this.closeAlone !== null) return;
    if (message.kind === 'lost') {
      this.cancelPatience();
      this.own = null;
      own.listener.onLost();
      return;
    }
    if (message.kind !== 'event' || message.to?.includes(this.parts.tab) === false) return;
    if (message.name === 'bootstrap') {
      this.cancelPatience();
      if (!own.isJoined) own.listener.onOpen();
      own.isJoined = true;
      const { resume, cursor } = JSON.parse(message.data) as BootstrapEvent;
      // With these the log's end is where the tab is.
      if (resume.verdict === 'new' || resume.verdict === 'reset')
        this.place = { ownId: cursor, lineId: cursor };
    }
    if (!own.isJoined) return;
    const isOwn = isWanted(own.want, message.data, message.name);
    if (message.name === 'bar' && message.id !== '') {
      this.place = { ownId: isOwn ? message.id : this.place.ownId, lineId: message.id };
      own.want = { ...own.want, cursor: message.id };
    }
    if (!isOwn) return;
    own.listener.onEvent(message.name, message.data, message.id);
  }
}

/** The line itself, in the tab that has it: one connection for everything any tab wants. */
class LineHolder {
  private readonly wants = new Map<string, Want>();
  private closeLine: (() => void) | null = null;
  /** Tabs that have been brought everything up to the cursor. */
  private readonly joined = new Set<string>();
  private topics: { readonly symbols: ReadonlySet<string>; readonly timeframes: ReadonlySet<string> } | null =
    null;
  private bootstrap: { readonly event: BootstrapEvent; readonly atMs: number } | null = null;
  /** When the line brought something last. */
  private heardAtMs = 0;
  private status: string | null = null;
  private cursor = '';
  private isGathering = true;

  constructor(
    private readonly parts: Pick<TabParts, 'dial' | 'nowMs'>,
    private readonly tell: (message: TabMessage) => void,
  ) {}

  /** A tab wants something: it joins the line, which is opened anew where it does not bring that yet. */
  take(tab: string, want: Want): void {
    this.wants.set(tab, want);
    this.joined.delete(tab);
    if (this.isGathering) return;
    // A tab that asks again may have found the line dead; one that just joins finds it alive.
    if (this.closeLine === null || !this.brings(want) || this.isSilent()) this.redial();
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

  private brings({ symbols, timeframe }: Want): boolean {
    const { topics } = this;
    return (
      topics !== null &&
      topics.timeframes.has(timeframe) &&
      symbols.every((symbol) => topics.symbols.has(symbol))
    );
  }

  private isSilent(): boolean {
    const heartbeatMs = this.bootstrap?.event.heartbeat_ms ?? Infinity;
    return this.parts.nowMs() - this.heardAtMs > SILENT_HEARTBEATS * heartbeatMs;
  }

  private redial(): void {
    this.close();
    const wants = [...this.wants.values()];
    this.topics = {
      symbols: new Set(wants.flatMap(({ symbols }) => symbols)),
      timeframes: new Set(wants.map(({ timeframe }) => timeframe)),
    };
    // The newest place that any tab is known to have reached: cursors of one epoch grow.
    if (this.cursor === '') this.cursor = wants.map(({ cursor }) => cursor).find((one) => one !== '') ?? '';
    const from = this.cursor;
    const [only, ...others] = wants;
    const url = only !== undefined && others.length === 0 ? only.url : this.url();
    const line = { isCurrent: true };
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
    if (name === 'bar' && id !== '') this.cursor = id;
    this.tell({ kind: 'event', name, data, id });
  }

  /** Lets a tab in on the running line: what it does not have of the past it fetches from history. */
  private welcome(tab: string, want: Want): void {
    if (this.bootstrap === null) return; // It is on its way, to this tab as well.
    const { event, atMs } = this.bootstrap;
    this.joined.add(tab);
    const isUpToDate = want.cursor !== '' && want.cursor === this.cursor;
    const data = JSON.stringify({
      ...event,
      symbols: want.symbols,
      timeframe: want.timeframe,
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
    if (cursor !== '') query.set('lastEventId', cursor);
    return `/realtime/sse?${query.toString()}`;
  }
}

function wantOf(url: string): Want {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  return {
    symbols: (query.get('symbols') ?? '').split(','),
    timeframe: query.get('timeframe') ?? '1m',
    cursor: query.get('lastEventId') ?? '',
    url,
  };
}

/** Whether an event is for a tab: everything but bars of other series. */
function isWanted({ symbols, timeframe }: Want, data: string, name: string): boolean {
  if (name !== 'bar' && name !== 'microbar') return true;
  const [, symbol = '', barTimeframe = ''] = SERIES.exec(data) ?? [];
  return barTimeframe === timeframe && symbols.includes(symbol);
}
