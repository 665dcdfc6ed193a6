/** Answers identical requests that are under way at the same time by one computation. Bounded by what is under way. */
export class Inflight<T> {
  private readonly pending = new Map<string, Promise<T>>();

  /** The result of `compute`, or of the one already running under this key. A failure reaches everybody who waits. */
  run(key: string, compute: () => Promise<T>): Promise<T> {
    const known = this.pending.get(key);
    if (known !== undefined) return known;
    const started = compute().finally(() => {
      this.pending.delete(key);
    });
    this.pending.set(key, started);
    return started;
  }
}
