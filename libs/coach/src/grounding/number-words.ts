const SMALL: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
};
const TENS: Readonly<Record<string, number>> = {
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
const SCALES: Readonly<Record<string, number>> = { thousand: 1e3, million: 1e6, billion: 1e9 };

const WORDS = [...Object.keys(SMALL), ...Object.keys(TENS), ...Object.keys(SCALES), 'hundred', 'dozen', 'oh'];
const WORD = `(?:${WORDS.join('|')})s?`;
/** A run of number words; `and`, `point` and `a` count only between them. */
const RUN = new RegExp(
  `\\b(?:a\\s+(?=hundred|thousand|million|dozen))?${WORD}(?:(?:\\s+|-)(?:and\\s+|point\\s+)?${WORD})*\\b`,
  'gi',
);

/** A number written in words. */
export interface SpelledNumber {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** `null` for a run that is no one number; nothing can be checked against it. */
  readonly value: number | null;
  readonly decimals: number;
}

/** Numbers written in words, in their order. A lone "one" is a word like any other. */
export function spelledNumbers(text: string): SpelledNumber[] {
  return [...text.matchAll(RUN)].flatMap((match) => {
    const words = match[0]
      .toLowerCase()
      .split(/[\s-]+/)
      .filter((word) => word !== 'and' && word !== 'a');
    if (words.length === 1 && (words[0] === 'one' || words[0] === 'oh' || words[0] === 'ones')) return [];
    const { value, decimals } = valueOf(words);
    return [{ start: match.index, end: match.index + match[0].length, value, decimals }];
  });
}

function valueOf(words: readonly string[]): { value: number | null; decimals: number } {
  const point = words.indexOf('point');
  const whole = wholeOf(point === -1 ? words : words.slice(0, point));
  if (point === -1 || whole === null) return { value: whole, decimals: 0 };
  const digits = fractionDigits(words.slice(point + 1));
  if (digits === null) return { value: null, decimals: 0 };
  return { value: Number(`${whole}.${digits}`), decimals: digits.length };
}

/** "six hundred fifty-two", and the traders' "six fifty-two". */
function wholeOf(words: readonly string[]): number | null {
  let total = 0;
  let part = 0;
  let room = Infinity;
  for (const word of words) {
    const scale = SCALES[word];
    if (scale !== undefined) {
      total += (part === 0 ? 1 : part) * scale;
      [part, room] = [0, Infinity];
      continue;
    }
    if (word === 'hundred' || word === 'dozen') {
      const factor = word === 'dozen' ? 12 : 100;
      if (part > 99) return null;
      [part, room] = [(part === 0 ? 1 : part) * factor, 100];
      continue;
    }
    const small = SMALL[word];
    const tens = TENS[word];
    const value = small ?? tens;
    if (value === undefined) return null;
    if (value < room) part += value;
    // "six fifty-two": a hundred left unsaid.
    else if (part < 10 && value >= 10) part = part * 100 + value;
    else return null;
    room = tens === undefined ? 0 : 10;
  }
  return total + part;
}

/** "eight four" and "eighty-four" are 84; "oh five" is 05. */
function fractionDigits(words: readonly string[]): string | null {
  let digits = '';
  let afterTens = false;
  for (const word of words) {
    const value = word === 'oh' ? 0 : (SMALL[word] ?? TENS[word]);
    if (value === undefined) return null;
    if (afterTens && value < 10) digits = `${digits.slice(0, -1)}${value}`;
    else digits += String(value);
    afterTens = TENS[word] !== undefined;
  }
  return digits === '' ? null : digits;
}
