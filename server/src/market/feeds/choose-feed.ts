import { SALE_CONDITIONS_VERSION } from '@libs/bars';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import type { Clock } from '../../common/clock.js';
import { massiveKeyOf, SettingsError, type Env } from '../../config/env.schema.js';
import type { ChosenFeed } from '../chosen-feed.js';
import { FileFeed } from './file.feed.js';
import { LiveFeed } from './live/live.feed.js';
import { firstToAnswer } from './live/probe.js';
import type { Vendor } from './live/vendor.port.js';
import { keylessVendors, NoSuchSymbolsError, vendorOf } from './live/vendors.js';
import { SimulatorFeed } from './simulator.feed.js';
import { parseTradeFileName, type TradeFileName } from './trade-file/trade-file-name.js';
import { inspectTradeFiles } from './trade-file/trade-file-set.js';

/**
 * Makes the feed that the settings ask for. Throws {@link SettingsError} where `FEED_FILES` names no usable file or
 * `SYMBOLS` names what the feed cannot carry. With `auto` and no key it waits up to three seconds for a public feed.
 */
export async function createFeed(env: Env, clock: Clock): Promise<ChosenFeed> {
  // Everything that makes other bars of the same trades.
  const salt = `grace=${env.BAR_GRACE_MS} conditions=${SALE_CONDITIONS_VERSION}`;
  switch (env.FEED) {
    case 'file': {
      const files = await inspectTradeFiles(await findTradeFiles(env.FEED_FILES ?? []));
      const feed = new FileFeed({ files, speed: env.FEED_SPEED, salt });
      return { feed, reason: 'FEED=file: trade files, played as FEED_FILES and FEED_SPEED say' };
    }
    case 'simulator':
      return { feed: simulatorOf(env, salt), reason: 'FEED=simulator: made-up trades' };
    case 'auto':
      return chooseByItself(env, clock, salt);
    case 'massive':
    case 'coinbase':
    case 'kraken':
      return { feed: liveFeedOf(env.FEED, env, clock, salt), reason: `FEED=${env.FEED}` };
  }
}

/** A key, else a public feed that answers, else made-up trades. */
async function chooseByItself(env: Env, clock: Clock, salt: string): Promise<ChosenFeed> {
  if (massiveKeyOf(env) !== undefined) {
    return { feed: liveFeedOf('massive', env, clock, salt), reason: 'FEED=auto: the key of Massive is set' };
  }
  const simulated = (why: string): ChosenFeed => ({
    feed: simulatorOf(env, salt),
    reason: `FEED=auto: no key is set and ${why}, so the trades are made up`,
  });
  let vendors: readonly Vendor[];
  try {
    vendors = keylessVendors(env);
  } catch (thrown) {
    if (thrown instanceof NoSuchSymbolsError)
      return simulated(`SYMBOLS names what no public feed carries (${thrown.symbols.join(', ')})`);
    throw thrown;
  }
  const found = await firstToAnswer(vendors, clock);
  if (found.vendor === undefined) return simulated(`no public feed answers (${found.faults.join('; ')})`);
  return {
    feed: new LiveFeed(found.vendor, { salt }, clock),
    reason: `FEED=auto: no key is set, and ${found.vendor.title} answers without one`,
  };
}

function liveFeedOf(name: 'massive' | 'coinbase' | 'kraken', env: Env, clock: Clock, salt: string): LiveFeed {
  try {
    return new LiveFeed(vendorOf(name, env), { salt }, clock);
  } catch (thrown) {
    if (!(thrown instanceof NoSuchSymbolsError)) throw thrown;
    throw new SettingsError([`SYMBOLS: ${thrown.message}`]);
  }
}

function simulatorOf(env: Env, salt: string): SimulatorFeed {
  return new SimulatorFeed({
    seed: env.SIMULATOR_SEED,
    speed: env.FEED_SPEED,
    symbols: env.SYMBOLS,
    salt,
  });
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
