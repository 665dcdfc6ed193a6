import type { DialStream } from './dial-stream';
import type { TabChannel, TabParts } from './shared-line';
import type { TabMessage } from './tab-message';

const NAME = 'spotlight-stream';

/**
 * What tabs of this browser need to share one stream: a channel to hear one another, and a lock that says which of them has
 * the line and that is free the moment its page is gone. `null` where the browser has no such thing, as over plain HTTP.
 */
export function browserTabs(dial: DialStream): TabParts | null {
  if (!('locks' in navigator) || typeof BroadcastChannel === 'undefined') return null;
  return {
    tab: crypto.randomUUID(),
    channel: broadcastChannel(),
    dial,
    lead,
    after: (ms, task) => {
      const timer = setTimeout(task, ms);
      return () => {
        clearTimeout(timer);
      };
    },
    nowMs: () => Date.now(),
  };
}

function broadcastChannel(): TabChannel {
  const broadcast = new BroadcastChannel(NAME);
  const channel: TabChannel = {
    post: (message) => {
      broadcast.postMessage(message);
    },
    onMessage: () => undefined,
  };
  broadcast.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    channel.onMessage(data);
  };
  return channel;
}

function lead(whenLeading: () => void): () => void {
  const giveUp = new AbortController();
  let letGo = (): void => {
    giveUp.abort();
  };
  const held = navigator.locks.request(
    NAME,
    { signal: giveUp.signal },
    () =>
      new Promise<void>((resolve) => {
        letGo = resolve;
        whenLeading();
      }),
  );
  held.catch(() => undefined); // Given up before it was ours.
  return () => {
    letGo();
  };
}
