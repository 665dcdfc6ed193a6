/** Lines of what was said that a new conversation with the provider is told. */
const SUMMARY_LINES = 20;
const LONGEST_LINE = 500;
const TRADER = 'trader: ';

/** What was said lately, in words: for a provider that was lost, and for the coach that goes on in its place. */
export class SaidLines {
  private readonly lines: string[] = [];

  note(who: 'trader' | 'coach', text: string): void {
    this.lines.push(`${who}: ${text.slice(0, LONGEST_LINE)}`);
    if (this.lines.length > SUMMARY_LINES) this.lines.shift();
  }

  /** What the trader said last, empty before that. */
  get lastOfTrader(): string {
    return this.lines.findLast((line) => line.startsWith(TRADER))?.slice(TRADER.length) ?? '';
  }

  /** All of it for a model, `null` before anything was said. */
  get summary(): string | null {
    return this.lines.length === 0 ? null : `What was said before, newest last:\n${this.lines.join('\n')}`;
  }
}
