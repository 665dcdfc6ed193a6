import type { Clock } from '../common/clock.js';
import { messageOf } from '../common/errors.js';
import { OneByOne, QueueFullError } from '../common/one-by-one.js';
import { ProblemException } from '../common/problem.exception.js';

/** How long a request waits for its file; what takes longer goes on, and whoever asks again joins it. */
const PATIENCE_MS = 5_000;
/** Files that wait while another is worked on. */
const MOST_WAITING = 4;
const RETRY_S = 5;
/** Failures remembered, the oldest forgotten first. */
const MOST_FAILURES = 100;

/** Work on one import. */
interface Work {
  readonly state: 'reading' | 'writing';
  /** Fills handled so far. */
  progress: number;
  readonly done: Promise<void>;
}

/** Work on imports: one file at a time, because each takes a thread and much memory; it outlives the request. */
export class ImportWork {
  private readonly turns = new OneByOne(MOST_WAITING);
  private readonly works = new Map<string, Work>();
  private readonly failures = new Map<string, string>();

  constructor(private readonly clock: Clock) {}

  /** What is being done about an import; `undefined` for nothing. */
  on(id: string): Pick<Work, 'state' | 'progress'> | undefined {
    return this.works.get(id);
  }

  /** Why the last work on an import came to nothing; `null` if it did not. */
  failureOf(id: string): string | null {
    return this.failures.get(id) ?? null;
  }

  /**
   * Does a task about an import, or joins the same one. Resolves when it is done, or after {@link PATIENCE_MS} while it goes
   * on; rejects as the task does. 409 while something else is done about the import, 429 where too many files wait.
   */
  async run(
    id: string,
    state: Work['state'],
    task: (handled: (fills: number) => void) => Promise<void>,
  ): Promise<void> {
    const running = this.works.get(id);
    if (running !== undefined && running.state !== state)
      throw new ProblemException({ status: 409, detail: 'The file is being worked on; ask again shortly.' });
    const { done } = running ?? this.begin(id, state, task);
    await Promise.race([done, this.patience()]);
  }

  private begin(
    id: string,
    state: Work['state'],
    task: (handled: (fills: number) => void) => Promise<void>,
  ): Work {
    this.failures.delete(id);
    const done = this.turns
      .run(() => task((fills) => (work.progress = fills)))
      .catch((thrown: unknown) => {
        if (thrown instanceof QueueFullError) throw tooMany();
        this.remember(id, thrown);
        throw thrown;
      })
      .finally(() => this.works.delete(id));
    const work: Work = { state, progress: 0, done };
    this.works.set(id, work);
    // Whoever asked may be gone by the time it fails; the failure is kept for who asks again.
    done.catch(() => undefined);
    return work;
  }

  private remember(id: string, thrown: unknown): void {
    const [oldest] = this.failures.keys();
    if (this.failures.size >= MOST_FAILURES && oldest !== undefined) this.failures.delete(oldest);
    const isForThem = thrown instanceof ProblemException;
    this.failures.set(
      id,
      isForThem ? messageOf(thrown) : 'The server could not do it. Its log has the reason.',
    );
  }

  private patience(): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(PATIENCE_MS, resolve);
    });
  }
}

function tooMany(): ProblemException {
  const detail = 'Too many files are being read. Try again in a moment.';
  return new ProblemException({ status: 429, detail, retryAfterS: RETRY_S });
}
