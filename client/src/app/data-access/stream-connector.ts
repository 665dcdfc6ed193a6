import { Injectable } from '@angular/core';
import { browserTabs } from './browser-tabs';
import { dialStream, type StreamListener } from './dial-stream';
import { SharedLine } from './shared-line';

/**
 * Opens one connection of the stream. Behind a class of its own, so that tests can play the server. All tabs of a browser
 * share one where the browser lets them hear one another.
 */
@Injectable({ providedIn: 'root' })
export class StreamConnector {
  private readonly line: SharedLine | null;

  constructor() {
    const tabs = browserTabs(dialStream);
    this.line = tabs === null ? null : new SharedLine(tabs);
    addEventListener('pagehide', () => this.line?.hide());
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) this.line?.show();
    });
  }

  /** Returns what closes the connection without a call to `onLost`. */
  connect(url: string, listener: StreamListener): () => void {
    // A replay is one tab's alone.
    const isShared = this.line !== null && !new URL(url, location.origin).searchParams.has('replay');
    return isShared ? this.line.connect(url, listener) : dialStream(url, listener);
  }
}
