import type { ClientEvent } from '@libs/contract';

/** What was said before the line was open: of several questions on a dead line only the newest matters. */
export class UnsentWords {
  private events: ClientEvent[] = [];

  /** Keeps an event for later, where it still means something then. */
  keep(event: ClientEvent): void {
    if (event.type === 'conversation.item.create' || event.type === 'spotlight.call_out')
      this.events = [event];
    else if (event.type === 'response.create' && this.events.length > 0)
      this.events = [...this.events.slice(0, 1), event];
  }

  /** All of it in its order, and forgets it. */
  take(): readonly ClientEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }
}
