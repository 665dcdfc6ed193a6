import type { BootstrapEvent } from '@libs/contract';
import type { DialStream, StreamListener } from './dial-stream';
import { LineHolder } from './line-holder';
import { isLogged, type TabMessage, type Want } from './tab-message';

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
  readonly dial: DialStream;
  /** Resolves once no other tab has the line; what is returned is called to let it go. */
  readonly lead: (whenLeading: () => void) => () => void;
  readonly after: (ms: number, task: () => void) => () => void;
  readonly nowMs: () => number;
}

/** A tab that is not answered by then opens a line of its own: the one that has the line may be frozen. */
export const JOIN_TIMEOUT_MS = 2_000;
/** How long a new holder of the line listens for what the others want before it opens it. */
const GATHER_MS = 50;
const TAPE_SYMBOL = /^\{"symbol":"([^"]+)"/;
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
      // With these, and for a tab that showed no cursor, the log's end is where the tab is or will be.
      if (resume.verdict === 'new' || resume.verdict === 'reset' || own.want.cursor === '')
        this.place = { ownId: cursor, lineId: cursor };
    }
    if (!own.isJoined) return;
    const isOwn = isWanted(own.want, message.data, message.name);
    if (isLogged(message.name) && message.id !== '') {
      this.place = { ownId: isOwn ? message.id : this.place.ownId, lineId: message.id };
      own.want = { ...own.want, cursor: message.id };
    }
    if (!isOwn) return;
    own.listener.onEvent(message.name, message.data, message.id);
  }
}

function wantOf(url: string): Want {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  return {
    symbols: (query.get('symbols') ?? '').split(','),
    tape: query.get('tape')?.split(',') ?? [],
    timeframes: (query.get('timeframe') ?? '1m').split(','),
    cursor: query.get('lastEventId') ?? '',
    url,
  };
}

/** Whether an event is for a tab: everything but bars of other series and tapes of other symbols. */
function isWanted({ symbols, timeframes, tape }: Want, data: string, name: string): boolean {
  if (name === 'tape') return tape.includes(TAPE_SYMBOL.exec(data)?.[1] ?? '');
  if (name !== 'bar' && name !== 'microbar') return true;
  const [, symbol = '', barTimeframe = ''] = SERIES.exec(data) ?? [];
  return timeframes.includes(barTimeframe) && symbols.includes(symbol);
}
