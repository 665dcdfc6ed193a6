/** Items a conversation remembers; the oldest are let go. */
const MOST_ITEMS = 500;

/** One part of an item. `transcript` belongs to audio. */
export interface ItemPart {
  readonly type: 'input_text' | 'input_audio' | 'output_text' | 'output_audio';
  readonly text?: string;
  readonly transcript?: string | null;
}

/** A message of the conversation. */
export interface ConversationItem {
  readonly id: string;
  readonly object: 'realtime.item';
  readonly type: 'message';
  readonly role: 'user' | 'assistant';
  status: 'in_progress' | 'completed' | 'incomplete';
  content: ItemPart[];
}

/** What has been said, in order. */
export class Conversation {
  private items: ConversationItem[] = [];

  /** Id of the newest item, `null` before the first. */
  get lastId(): string | null {
    return this.items.at(-1)?.id ?? null;
  }

  get(id: string): ConversationItem | undefined {
    return this.items.find((item) => item.id === id);
  }

  add(item: ConversationItem): void {
    this.items.push(item);
    if (this.items.length > MOST_ITEMS) this.items.shift();
  }

  remove(id: string): boolean {
    const before = this.items.length;
    this.items = this.items.filter((item) => item.id !== id);
    return this.items.length < before;
  }

  /** What the trader typed since the coach spoke last. */
  unanswered(): string {
    const from = this.items.findLastIndex(({ role }) => role === 'assistant') + 1;
    return this.items
      .slice(from)
      .flatMap(({ content }) => content.flatMap(({ text }) => text ?? []))
      .join(' ');
  }

  /** Whether the trader spoke since then, in sounds alone. */
  hasUnansweredSound(): boolean {
    const from = this.items.findLastIndex(({ role }) => role === 'assistant') + 1;
    return this.items.slice(from).some(({ content }) => content.some(({ type }) => type === 'input_audio'));
  }
}
