// Load: the other end of a Redis Stream, in a process of its own. Says `ready`, reads so many events, and sends how long each
// was on its way, by the clock that all processes of a machine share.
// Options: { url, mode: 'ours' | 'bare', stream, events }
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverFile } from '../kit/paths.mjs';
import { nowUs } from '../kit/shared-clock.mjs';

const { url, mode, stream, events } = JSON.parse(process.argv[2]);
const latenciesUs = [];

/** A bar carries the moment it was sent as its volume. */
function take(bar) {
  latenciesUs.push(nowUs() - bar.ohlcv.v);
  if (latenciesUs.length < events) return;
  process.send({ latenciesUs });
  process.exit(0);
}

if (mode === 'ours') await readAsFollower();
else await readBare();

async function readAsFollower() {
  const { RedisLog } = await import(serverFile('market/shared/redis-log.js'));
  const { RedisLink } = await import(serverFile('persistence/redis-link.js'));
  const { WallClock } = await import(serverFile('common/clock.js'));
  let offset = 0;
  const log = new RedisLog(new RedisLink(url, new WallClock()), stream, 20_000);
  log.follow({
    position: () => offset,
    onEvents: (run) => {
      offset = run.at(-1).offset;
      for (const { bar } of run) take(bar);
    },
    pause: () => sleep(5),
  });
  // It reads from the start: what is sent before it has connected is not lost, only late, and thrown away as warm-up.
  await sleep(500);
  process.send('ready');
}

async function readBare() {
  const redis = new Redis(url);
  await redis.ping();
  process.send('ready');
  for (let last = '0'; ;) {
    const [[, entries]] = await redis.xread('COUNT', 500, 'BLOCK', 0, 'STREAMS', stream, last);
    for (const [id, [, json]] of entries) {
      last = id;
      take(JSON.parse(json));
    }
  }
}
