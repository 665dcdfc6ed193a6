/** Where in a rule's text something is: UTF-16 offsets, `end` exclusive, as editors count. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A condition that cannot be taken as it stands. The message says what is wrong and what would do instead. */
export class RuleTextError extends Error {
  override readonly name = 'RuleTextError';

  constructor(
    message: string,
    /** The faulty part of the text. */
    readonly range: TextRange,
  ) {
    super(message);
  }
}

/** 1-based line and column of an offset in a text, and the line itself. */
export function placeInText(
  text: string,
  offset: number,
): { line: number; column: number; lineText: string } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineEnd = text.indexOf('\n', offset);
  return {
    line: before.split('\n').length,
    column: offset - lineStart + 1,
    lineText: text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd),
  };
}
