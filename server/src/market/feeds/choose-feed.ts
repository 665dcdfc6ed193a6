import { SettingsError, type Env } from '../../config/env.schema.js';
import type { MarketFeed } from './market-feed.port.js';
import { FileFeed } from './file.feed.js';
import { inspectTradeFiles } from './trade-file/trade-file-set.js';
import { parseTradeFileName } from './trade-file/trade-file-name.js';
import { glob } from 'tinyglobby';

export async function createFeed(env: Env, _nowMs: number): Promise<{ feed: MarketFeed; reason: string }> {
  const paths = await glob(env.FEED_FILES ?? [], { absolute: true });
  const names = paths.map((p) => parseTradeFileName(p));
  if (names.length === 0) throw new SettingsError(['FEED_FILES: matches no file']);
  const files = await inspectTradeFiles(names.filter((n) => n !== null && n !== undefined) as never);
  return { feed: new FileFeed({ files, speed: env.FEED_SPEED, salt: `${env.BAR_GRACE_MS}` }), reason: 'FEED=file' };
}
