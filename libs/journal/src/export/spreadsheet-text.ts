/** What makes a spreadsheet take a cell for a formula or drop its beginning; and the mark itself, so that it can be undone. */
const DANGEROUS = /^[\s'=+\-@|%＝＋－＠]/u;
const MARK = "'";

/**
 * Makes text from outside harmless in a spreadsheet: a text that could be read as a formula gets an apostrophe in
 * front, and so does an empty text, because an empty cell means "none". {@link plainText} undoes it. After OWASP, "CSV Injection".
 */
export function spreadsheetText(text: string): string {
  return text === '' || DANGEROUS.test(text) ? MARK + text : text;
}

/** Undoes {@link spreadsheetText}. */
export function plainText(text: string): string {
  return text.startsWith(MARK) ? text.slice(MARK.length) : text;
}
