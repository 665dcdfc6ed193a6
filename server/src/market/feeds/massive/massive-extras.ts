/** Stocks whose quotes are asked for: there are ten times as many of them as trades. */
const MOST_QUOTED = 50;
const KINDS = ['Q', 'LULD'] as const;

type Kind = (typeof KINDS)[number];

/**
 * What a plan may bring beside trades: quotes, and price limits with halts. Which of them it does is found out by asking
 * for one stock, and nothing ever waits for the answer: a plan without them refuses, and some channels are never answered.
 */
export class MassiveExtras {
  private readonly granted = new Set<Kind>();
  private readonly symbols = new Set<string>();
  private readonly quoted = new Set<string>();
  private probe = '';
  private unanswered = 0;

  constructor(private readonly ask: (action: 'subscribe' | 'unsubscribe', channels: string[]) => void) {}

  /** Trades of these are subscribed. */
  begin(symbols: readonly string[]): void {
    for (const symbol of symbols) this.symbols.add(symbol);
    const [first] = symbols;
    if (first === undefined) return;
    this.probe = first;
    this.unanswered = KINDS.length;
    this.ask(
      'subscribe',
      KINDS.map((kind) => `${kind}.${first}`),
    );
  }

  /** Whether a confirmed channel is one of these. */
  confirmed(channel: string): boolean {
    const kind = KINDS.find((candidate) => channel.startsWith(`${candidate}.`));
    if (kind === undefined) return false;
    if (channel.slice(kind.length + 1) !== this.probe || this.granted.has(kind)) return true;
    this.unanswered--;
    this.granted.add(kind);
    if (kind === 'Q') this.quoted.add(this.probe);
    this.subscribe(
      kind,
      [...this.symbols].filter((symbol) => symbol !== this.probe),
    );
    return true;
  }

  /** Whether a refusal, which does not name what it refuses, is of one of these: requests are answered in their order. */
  refused(): boolean {
    if (this.unanswered === 0) return false;
    this.unanswered--;
    return true;
  }

  /** Trades of more stocks are subscribed. */
  add(symbols: readonly string[]): void {
    for (const symbol of symbols) this.symbols.add(symbol);
    for (const kind of this.granted) this.subscribe(kind, symbols);
  }

  remove(symbol: string): void {
    if (!this.symbols.delete(symbol)) return;
    const channels = this.granted.has('LULD') ? [`LULD.${symbol}`] : [];
    if (this.quoted.delete(symbol)) channels.push(`Q.${symbol}`);
    if (channels.length > 0) this.ask('unsubscribe', channels);
  }

  private subscribe(kind: Kind, symbols: readonly string[]): void {
    const wanted = kind === 'Q' ? symbols.slice(0, MOST_QUOTED - this.quoted.size) : symbols;
    if (kind === 'Q') for (const symbol of wanted) this.quoted.add(symbol);
    if (wanted.length > 0)
      this.ask(
        'subscribe',
        wanted.map((symbol) => `${kind}.${symbol}`),
      );
  }
}
