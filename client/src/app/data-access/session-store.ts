import { computed, Injectable, signal } from '@angular/core';
import type { Problem } from '@libs/contract';
import { loginOfPage, type LoginState } from './login-state';
import { onSessionLoss } from './session-loss';

/** Why the PIN was not taken, in the server's words, and how long it will take none. */
export interface PinRefusal {
  readonly message: string;
  /** 0 where another try is possible at once. */
  readonly waitS: number;
}

const NO_ANSWER = 'The server does not answer. Nothing was sent twice.';

/** The session of this browser: whether the desk is locked, and how it is opened and closed. */
@Injectable({ providedIn: 'root' })
export class SessionStore {
  private readonly state = signal<LoginState>(loginOfPage());
  private readonly listeners = new Set<() => void>();
  private asking: Promise<void> | null = null;

  /** Whether the PIN has to be given before anything is shown. */
  readonly isLocked = computed(() => this.state() === 'needed');
  /** Whether the desk has a login at all; without one nothing of it is seen. */
  readonly hasLogin = computed(() => this.state() !== 'none');

  constructor() {
    onSessionLoss(() => void this.ask());
  }

  /** Calls back each time the desk was opened with a PIN. */
  onUnlock(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** A line was lost, and browsers do not tell why: looks whether it was the session. Without a login there is nothing to look for. */
  check(): Promise<void> {
    return this.hasLogin() ? this.ask() : Promise.resolve();
  }

  /** Gives the PIN. Resolves with `null` when the desk is open. */
  async enter(pin: string): Promise<PinRefusal | null> {
    const answer = await post('/api/auth/pin', { pin });
    if (answer === null) return { message: NO_ANSWER, waitS: 0 };
    if (!answer.ok) {
      const problem = (await answer.json().catch(() => null)) as Partial<Problem> | null;
      return {
        message: problem?.detail ?? `The server answered ${answer.status}.`,
        waitS: Number(answer.headers.get('Retry-After') ?? 0),
      };
    }
    this.state.set('open');
    for (const listener of this.listeners) listener();
    return null;
  }

  /** Ends this session, or all of them. Whether it worked. */
  async leave(everywhere: boolean): Promise<boolean> {
    const answer = await post('/api/auth/logout', { everywhere });
    const isOver = answer !== null && (answer.ok || answer.status === 401);
    if (isOver) this.state.set('needed');
    return isOver;
  }

  private ask(): Promise<void> {
    this.asking ??= this.askServer().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private async askServer(): Promise<void> {
    try {
      const answer = await fetch('/api/auth/session', { cache: 'no-store' });
      if (!answer.ok) return;
      const { pin_required, authenticated } = (await answer.json()) as {
        pin_required: boolean;
        authenticated: boolean;
      };
      if (pin_required && !authenticated) this.state.set('needed');
    } catch {
      // The server is away; that is the line's to tell, and the next loss asks again.
    }
  }
}

async function post(url: string, body: unknown): Promise<Response | null> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    return null; // No answer: whoever asked says so.
  }
}
