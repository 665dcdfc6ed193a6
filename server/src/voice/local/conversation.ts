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
  /** Newest item of the question that was asked last. */
  private askedId: string | null = null;

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

  /**
   * What the trader said since the coach spoke last, and was not asked for yet: a question whose answer was stopped before
   * its first word is no part of the next one.
   */
  takeQuestion(): { readonly text: string; readonly hasSound: boolean } {
    const spoken = this.items.findLastIndex(({ role }) => role === 'assistant');
    const asked = this.items.findIndex(({ id }) => id === this.askedId);
    this.askedId = this.lastId;
    const parts = this.items.slice(Math.max(spoken, asked) + 1).flatMap(({ content }) => content);
    return {
      text: parts.flatMap(({ text }) => text ?? []).join(' '),
      hasSound: parts.some(({ type }) => type === 'input_audio'),
    };
  }
}
