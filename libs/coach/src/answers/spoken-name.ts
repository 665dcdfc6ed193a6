/** Longest name that is spoken whole. */
const LONGEST = 80;

/** A name a person gave, as it stands between quotation marks: one line, no marks of its own. */
export function spokenName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/["“”„«»]/g, '')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST);
}
