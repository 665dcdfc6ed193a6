/** Where sentences end: a mark, maybe quotation marks or brackets, and white space; not inside a figure or after "vs.". */
const END = /(?<!\b(?:vs|approx|no|e\.g|i\.e|a\.m|p\.m))[.!?]["”')\]]*(?=\s)|\n+/gi;
/** A sentence that does not end is one anyway. */
const LONGEST = 600;

/** Cuts text that comes in pieces into sentences, each with the white space behind it. */
export class SentenceSplitter {
  private rest = '';

  /** Takes a piece and returns the sentences that are complete by now. */
  push(piece: string): string[] {
    this.rest += piece;
    const sentences: string[] = [];
    for (;;) {
      const end = this.nextEnd();
      if (end === null) return sentences;
      sentences.push(this.rest.slice(0, end));
      this.rest = this.rest.slice(end);
    }
  }

  /** What has not ended yet; empties it. */
  flush(): string {
    const { rest } = this;
    this.rest = '';
    return rest;
  }

  private nextEnd(): number | null {
    for (const { index, 0: mark } of this.rest.matchAll(END)) {
      const after = index + mark.length;
      const space = /^\s*/.exec(this.rest.slice(after))?.[0].length ?? 0;
      // More white space may follow in the next piece; it does no harm at the head of a sentence.
      if (this.rest.slice(0, after).trim() !== '') return after + space;
    }
    if (this.rest.length <= LONGEST) return null;
    // Between two words: half a figure is another figure.
    const space = this.rest.lastIndexOf(' ', LONGEST);
    return space <= 0 ? null : space + 1;
  }
}

/** The sentences of a whole text. */
export function sentencesOf(text: string): string[] {
  const splitter = new SentenceSplitter();
  const sentences = splitter.push(`${text.trim()} `);
  const rest = splitter.flush().trim();
  return [...sentences, ...(rest === '' ? [] : [rest])].map((sentence) => sentence.trim());
}
