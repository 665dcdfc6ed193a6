/** Read as a word though written in capitals. */
const WORDS: Readonly<Record<string, string>> = { VWAP: 'vee wap', ET: 'Eastern', UTC: 'U T C' };

/** A sentence as a speech program reads it right: tickers letter by letter, units in words. */
export function speakable(sentence: string): string {
  return sentence
    .replace(/[“”"]/g, '')
    .replace(/−|(?<=^|[\s(])-(?=\d)/g, 'minus ')
    .replace(/\+(?=\d)/g, 'plus ')
    .replace(/(\d)K\b/g, '$1 thousand')
    .replace(/(\d)M\b/g, '$1 million')
    .replace(/(\d)B\b/g, '$1 billion')
    .replace(/(\d)R\b/g, '$1 R')
    .replace(/\b(\d+) s\b/g, '$1 seconds')
    .replace(/\b(\d+) min\b/g, '$1 minutes')
    .replace(/\b(\d+) h\b/g, '$1 hours')
    .replace(/\b1 (second|minute|hour)s\b/g, '1 $1')
    .replace(/\b(\d{1,2})m\b/g, '$1 minute')
    .replace(/\b([01]?\d|2[0-3]):([0-5]\d)\b/g, (_, hour: string, minute: string) => clockWords(hour, minute))
    .replace(/\b[A-Z]{2,5}\b/g, (letters) => WORDS[letters] ?? Array.from(letters).join(' '));
}

function clockWords(hour: string, minute: string): string {
  if (minute === '00') return `${Number(hour)} o'clock`;
  return `${Number(hour)} ${minute.startsWith('0') ? `oh ${minute.slice(1)}` : minute}`;
}
