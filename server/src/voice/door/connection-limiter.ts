/** Voice connections one user may have open. */
export const VOICE_PER_USER = 3;

/** Counts connections by user. A place is taken before anything is awaited, so that four at once are still one too many. */
export class ConnectionLimiter {
  private readonly open = new Map<number, number>();

  /** Connections open now, over all users. */
  get total(): number {
    return [...this.open.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Takes a place. Returns what gives it back (once), or `null` where all are taken. */
  take(userId: number): (() => void) | null {
    const count = this.open.get(userId) ?? 0;
    if (count >= VOICE_PER_USER) return null;
    this.open.set(userId, count + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.open.get(userId) ?? 1) - 1;
      if (left === 0) this.open.delete(userId);
      else this.open.set(userId, left);
    };
  }
}
