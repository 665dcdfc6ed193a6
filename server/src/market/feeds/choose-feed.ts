import { SALE_CONDITIONS_VERSION } from '@libs/bars';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { SettingsError, type Env } from '../../config/env.schema.js';
import type { ChosenFeed } from '../chosen-feed.js';
import { FileFeed } from './file.feed.js';
import { SimulatorFeed } from './simulator.feed.js';
import { parseTradeFileName, type TradeFileName } from './trade-file/trade-file-name.js';
import { inspectTradeFiles } from './trade-file/trade-file-set.js';

/** Makes the feed that the settings ask for. Throws {@link SettingsError} where `FEED_FILES` names no usable file. */
export async function createFeed(env: Env): Promise<ChosenFeed> {
  // Everything that makes other bars of the same trades.
  const salt = `grace=${env.BAR_GRACE_MS} conditions=${SALE_CONDITIONS_VERSION}`;
  if (env.FEED === 'file') {
    const files = await inspectTradeFiles(await findTradeFiles(env.FEED_FILES ?? []));
    const feed = new FileFeed({ files, speed: env.FEED_SPEED, salt });
    return { feed, reason: 'FEED=file: trade files, played as FEED_FILES and FEED_SPEED say' };
  }
  const feed = new SimulatorFeed({
    seed: env.SIMULATOR_SEED,
    speed: env.FEED_SPEED,
    symbols: env.SYMBOLS,
    salt,
  });
  const reason =
    env.FEED === 'simulator'
      ? 'FEED=simulator: made-up trades'
      : 'FEED=auto: no key is set and live feeds are not built in yet, so the trades are made up';
  return { feed, reason };
}

async function findTradeFiles(entries: readonly string[]): Promise<TradeFileName[]> {
  const names = new Map<string, TradeFileName>();
  for (const entry of withBracesWhole(entries)) {
    for (const path of await pathsOf(entry)) names.set(path, nameOf(path));
  }
  const seen = new Map<string, TradeFileName>();
  for (const name of names.values()) {
    const day = `${name.symbol} ${name.date}`;
    const other = seen.get(day);
    if (other !== undefined) {
      throw new SettingsError([
        `FEED_FILES: ${name.path} and ${other.path} are both of ${day}; name one of them`,
      ]);
    }
    seen.set(day, name);
  }
  return [...names.values()];
}

/** The setting was split at its commas; those inside braces (`lean-{SPY,IBM}-*.csv.gz`) belong to the glob. */
function withBracesWhole(entries: readonly string[]): string[] {
  return entries.join(',').split(/,(?![^{]*\})/);
}

/** Absolute paths of one entry of FEED_FILES, ascending. */
async function pathsOf(entry: string): Promise<string[]> {
  if (await isFile(entry)) return [resolve(entry)];
  const paths = await glob(entry.replaceAll('\\', '/'), { absolute: true, onlyFiles: true });
  if (paths.length === 0) throw new SettingsError([`FEED_FILES: ${entry} names no file`]);
  return paths.map((path) => resolve(path)).sort();
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function nameOf(path: string): TradeFileName {
  const name = parseTradeFileName(path);
  if (name !== undefined) return name;
  throw new SettingsError([
    `FEED_FILES: ${basename(path)} is not named <source>-<SYMBOL>-<YYYY-MM-DD>.csv.gz, as trade files are`,
  ]);
}
