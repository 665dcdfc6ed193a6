import type { EpochMs } from '@libs/bars';
import { basename } from 'node:path';
import type { FeedSpeed } from '../../../config/env.schema.js';
import type { TradeFileName } from './trade-file-name.js';
import type { TradeFileSet } from './trade-file-set.js';

const NAMED_SYMBOLS = 6;
const NAMED_FAULTS = 3;
const NAMED_CODES = 8;
const HOUR_MS = 3_600_000;

/** The sentences a file feed says about itself, for people who look at the desk. */
export class PlaybackNotes {
  private readonly what: string;
  private readonly pace: string;
  private readonly faults: string[] = [];

  constructor(files: TradeFileSet, speed: FeedSpeed) {
    const names = files.filesOfSymbol.flat();
    this.what = `${symbolText(files)} ${dateText(names)} from ${names.length === 1 ? 'file' : 'files'}`;
    this.pace = paceText(speed);
  }

  /** What is played and how fast, with what had to be left out so far. */
  get title(): string {
    return this.withFaults(`${this.what} ${this.pace}`);
  }

  /** A whole file is no good. */
  leftOut(name: TradeFileName, fault: string): void {
    this.faults.push(`${basename(name.path)} is left out: ${fault}`);
  }

  /** A file has trades with sale conditions that its dialect's table does not know. */
  unknownConditions(name: TradeFileName, countOfCode: ReadonlyMap<string, number>): void {
    const codes = [...countOfCode]
      .slice(0, NAMED_CODES)
      .map(([code, count]) => `${code.slice(0, 20)} (${count})`);
    this.faults.push(
      `${basename(name.path)} has unknown sale conditions, taken as volume only: ${codes.join(', ')}`,
    );
  }

  skipped(fromMs: EpochMs, toMs: EpochMs): string {
    const hours = Math.round((toMs - fromMs) / HOUR_MS);
    return this.withFaults(`${this.what} ${this.pace}, skipped ${hours} h without a trade`);
  }

  allPlayed(trades: number): string {
    return this.withFaults(`${this.what}: all ${trades.toLocaleString('en-US')} trades have been played`);
  }

  nothingPlayed(): string {
    return this.withFaults(`${this.what}: there is no trade to play`);
  }

  private withFaults(text: string): string {
    const more = this.faults.length - NAMED_FAULTS;
    const rest = more > 0 ? [`${more} more of the kind`] : [];
    return [text, ...this.faults.slice(0, NAMED_FAULTS), ...rest].join('; ');
  }
}

function symbolText({ symbols }: TradeFileSet): string {
  if (symbols.length > NAMED_SYMBOLS) return `${symbols.length} symbols`;
  return symbols.map(({ symbol }) => symbol).join(', ');
}

function dateText(names: readonly TradeFileName[]): string {
  const dates = names.map(({ date }) => date).sort();
  const [first = '', last = ''] = [dates[0], dates.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}

function paceText(speed: FeedSpeed): string {
  if (speed === 'max') return 'at full speed';
  return speed === 1 ? 'in real time' : `at ${speed} times real time`;
}
