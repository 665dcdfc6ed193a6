/** Trades remembered per symbol: some seconds of the busiest one, which is what a repetition reaches back. */
const REMEMBERED = 8_192;

/**
 * The newest trades of one symbol, to tell one that comes again. Numbers mostly rise, and one above all others cannot have
 * been seen: that costs a comparison and two writes. Only a number at or below the highest is searched for.
 */
export class RecentTrades {
  private readonly ids = new Float64Array(REMEMBERED).fill(NaN);
  private readonly keys = new Float64Array(REMEMBERED);
  private highestId = -Infinity;
  private next = 0;

  /** Remembers a trade. Returns whether it had been seen among the newest 8,192. */
  seen(id: number, key: number): boolean {
    if (id > this.highestId) this.highestId = id;
    else if (this.holds(id, key)) return true;
    this.ids[this.next] = id;
    this.keys[this.next] = key;
    this.next = (this.next + 1) % REMEMBERED;
    return false;
  }

  /** Searches from the newest backwards, where repetitions mostly are. */
  private holds(id: number, key: number): boolean {
    for (let back = 1; back <= REMEMBERED; back++) {
      const slot = (this.next - back + REMEMBERED) % REMEMBERED;
      if (this.ids[slot] === id && this.keys[slot] === key) return true;
    }
    return false;
  }
}
