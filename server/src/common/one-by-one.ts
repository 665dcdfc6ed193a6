/** Thrown by {@link OneByOne.run} when too many wait already. */
export class QueueFullError extends Error {
  constructor() {
    super('too many are waiting');
    this.name = 'QueueFullError';
  }
}

/** Runs tasks one after another, in their order, with a bound on how many may wait. */
export class OneByOne {
  private tail: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly mostWaiting: number) {}

  /** Settles as the task does; one that fails holds nobody up. Rejects with {@link QueueFullError} beyond the bound. */
  run<T>(task: () => Promise<T>): Promise<T> {
    if (this.waiting >= this.mostWaiting) return Promise.reject(new QueueFullError());
    this.waiting++;
    const result = this.tail.then(task).finally(() => {
      this.waiting--;
    });
    this.tail = result.catch(() => undefined);
    return result;
  }
}
