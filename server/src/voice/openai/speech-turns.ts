/** Turns of speech the provider has heard: which a pause ended, which are not written down yet, and which are owed an answer. */
export class SpeechTurns {
  /** Turns the client itself ended, of which the provider has not told yet. */
  private ownCommits = 0;
  private unwritten = 0;
  private isOwed = false;

  /** Whether something was said aloud whose words are not known yet. */
  get isUnwritten(): boolean {
    return this.unwritten > 0;
  }

  commitSent(): void {
    this.ownCommits++;
  }

  commitRefused(): void {
    this.ownCommits = Math.max(0, this.ownCommits - 1);
  }

  /** A turn is over. Whether a pause ended it: then an answer is due. */
  committed(): boolean {
    this.unwritten++;
    if (this.ownCommits === 0) return true;
    this.ownCommits--;
    return false;
  }

  /** The words of a turn are known, or will never be. */
  written(): void {
    this.unwritten = Math.max(0, this.unwritten - 1);
  }

  /** An answer is due once the present one is over. */
  owe(): void {
    this.isOwed = true;
  }

  /** Whether one is due, and forgets it. */
  takeOwed(): boolean {
    const { isOwed } = this;
    this.isOwed = false;
    return isOwed;
  }
}
