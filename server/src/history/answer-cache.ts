/** What an entry costs beside its body and key: the answers to nonsense are empty, and there is no end of nonsense. */
const ENTRY_BYTES = 256;

/** An encoded answer and the version of the data it was made of. */
interface CachedAnswer {
  readonly version: number;
  readonly body: Buffer;
}

/**
 * Encoded answers of the most recent requests, so that many clients asking for the same bars cost one encoding per new
 * bar. Bounded by bytes, keys and overhead included; the answer unused for longest goes first.
 */
export class AnswerCache {
  private readonly answers = new Map<string, CachedAnswer>();
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** The answer stored under `key`, if it was made of this version of the data. */
  get(key: string, version: number): Buffer | undefined {
    const answer = this.answers.get(key);
    if (answer?.version !== version) return undefined;
    // A Map keeps insertion order: taking out and putting back makes this the most recent one.
    this.answers.delete(key);
    this.answers.set(key, answer);
    return answer.body;
  }

  put(key: string, version: number, body: Buffer): void {
    this.remove(key);
    this.answers.set(key, { version, body });
    this.bytes += costOf(key, body);
    for (const oldest of this.answers.keys()) {
      if (this.bytes <= this.maxBytes) break;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    const answer = this.answers.get(key);
    if (answer === undefined) return;
    this.bytes -= costOf(key, answer.body);
    this.answers.delete(key);
  }
}

function costOf(key: string, body: Buffer): number {
  return body.length + 2 * key.length + ENTRY_BYTES;
}
