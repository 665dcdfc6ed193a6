import { eventually } from '../../kit/eventually.js';
import type { FaultProxy } from '../net/fault-proxy.js';
import type { ProxyCounters, Toxics } from '../net/faulty-pipe.js';
import type { DeskInstance } from '../stage/desk-instance.js';
import type { Stage } from '../stage/stage.js';
import { mustHaveHappened, pick, type Fault, type FaultKind } from './fault.js';

/** A line between two parts: which proxy carries it, and what the table calls it. */
interface Line {
  readonly name: string;
  readonly of: (instance: DeskInstance) => FaultProxy | null;
}

/** A fault that waits for bytes on a line may find it closed before they come. */
const STRIKE_AGAIN_MS = 1_000;

const READERS: Line = { name: 'readers', of: ({ front }) => front };
const POSTGRES: Line = { name: 'PostgreSQL', of: ({ toPostgres }) => toPostgres };
const REDIS: Line = { name: 'Redis', of: ({ toRedis }) => toRedis };

interface Chosen {
  readonly proxy: FaultProxy;
  readonly target: string;
}

function choose({ instances }: Stage, line: Line, random: () => number): Chosen {
  const instance = pick(instances, random);
  const proxy = line.of(instance);
  if (proxy === null) throw new RangeError(`${instance.name} has no line to ${line.name}`);
  return { proxy, target: `${instance.name}, its line to ${line.name}` };
}

/** A fault of a line that lasts until it is healed; a counter of the proxy shows that it happened. */
function spoilt({ proxy, target }: Chosen, toxics: Toxics, counter: keyof ProxyCounters): Fault {
  const before = proxy.counters[counter];
  return {
    target,
    inject: () => {
      proxy.spoil(toxics);
      return Promise.resolve();
    },
    verify: () => grown(proxy, counter, before),
    heal: () => {
      proxy.spoil({});
      return Promise.resolve();
    },
  };
}

/** A fault of the connections that are open at this moment; of later ones, where these close before it shows. */
function struck({ proxy, target }: Chosen, strike: () => void, counter: keyof ProxyCounters): Fault {
  const before = proxy.counters[counter];
  let strikes: NodeJS.Timeout | undefined;
  return {
    target,
    inject: async () => {
      await eventually(() => proxy.openCount > 0, { what: `a connection on ${target}` });
      strike();
      strikes = setInterval(strike, STRIKE_AGAIN_MS);
    },
    verify: async () => {
      try {
        return await grown(proxy, counter, before);
      } finally {
        clearInterval(strikes);
      }
    },
    heal: () => Promise.resolve(),
  };
}

function refused({ proxy, target }: Chosen): Fault {
  const count = (): number => proxy.counters.refused + proxy.counters.resets;
  const before = count();
  return {
    target,
    inject: () => {
      proxy.refuse(true);
      return Promise.resolve();
    },
    verify: async () => {
      await eventually(() => count() > before, { what: `${target} to be refused`, timeoutMs: 15_000 });
      return `${count() - before} connections reset or refused`;
    },
    heal: () => {
      proxy.refuse(false);
      return Promise.resolve();
    },
  };
}

async function grown(proxy: FaultProxy, counter: keyof ProxyCounters, before: number): Promise<string> {
  const by = (): number => proxy.counters[counter] - before;
  await eventually(() => by() > 0, { what: `the proxy to count ${counter}`, timeoutMs: 15_000, everyMs: 20 });
  mustHaveHappened(by() > 0, `the proxy has counted no ${counter}`);
  return `${by()} ${counter}`;
}

function lineFault(
  line: Line,
  kind: Omit<FaultKind, 'make' | 'reasonAgainst'>,
  make: (chosen: Chosen, stage: Stage) => Fault,
): FaultKind {
  return {
    ...kind,
    reasonAgainst: ({ instances }) =>
      instances.some((instance) => line.of(instance) !== null)
        ? null
        : `the desk has no line to ${line.name}`,
    make: (stage, random) => make(choose(stage, line, random), stage),
  };
}

/** Notes from when to when bytes were falsified on the way to readers. */
function noted(fault: Fault, stage: Stage): Fault {
  return {
    ...fault,
    inject: async () => {
      stage.corrupted.push({ fromMs: performance.now(), toMs: performance.now() + 30_000 });
      await fault.inject();
    },
  };
}

/** What happens between the desk and its readers. */
export const READER_LINE_FAULTS: readonly FaultKind[] = [
  lineFault(READERS, { name: 'reader lines reset', weight: 6, holdMs: [0, 300] }, (chosen) =>
    struck(chosen, () => chosen.proxy.resetAll(), 'resets'),
  ),
  lineFault(
    READERS,
    { name: 'reader lines reset in the middle of a frame', weight: 8, holdMs: [100, 500] },
    (chosen) =>
      struck(
        chosen,
        () => {
          chosen.proxy.cutOpenAt(3_000);
        },
        'resets',
      ),
  ),
  lineFault(READERS, { name: 'readers half open', weight: 4, holdMs: [500, 2_000] }, (chosen) =>
    struck(chosen, () => chosen.proxy.freezeOpen(), 'frozen'),
  ),
  lineFault(READERS, { name: 'reader lines stalled', weight: 4, holdMs: [300, 3_500] }, (chosen) =>
    spoilt(chosen, { isStalled: true }, 'stalledChunks'),
  ),
  lineFault(
    READERS,
    { name: 'reader lines slow (80 to 120 ms)', weight: 3, holdMs: [500, 2_000] },
    (chosen) => spoilt(chosen, { latencyMs: 80, jitterMs: 40 }, 'delayedChunks'),
  ),
  lineFault(
    READERS,
    { name: 'reader lines sliced to single bytes', weight: 3, holdMs: [200, 800] },
    (chosen) => spoilt(chosen, { sliceBytes: 7 }, 'slices'),
  ),
  lineFault(READERS, { name: 'reader lines refused', weight: 3, holdMs: [300, 3_000] }, refused),
  lineFault(
    READERS,
    { name: 'bytes falsified on reader lines', weight: 3, holdMs: [200, 600] },
    (chosen, stage) =>
      noted(
        struck(
          chosen,
          () => {
            chosen.proxy.corruptOpen();
          },
          'corrupted',
        ),
        stage,
      ),
  ),
];

/** What happens between the desk and its PostgreSQL. */
export const POSTGRES_LINE_FAULTS: readonly FaultKind[] = [
  lineFault(POSTGRES, { name: 'line to PostgreSQL reset', weight: 3, holdMs: [0, 300] }, (chosen) =>
    struck(chosen, () => chosen.proxy.resetAll(), 'resets'),
  ),
  lineFault(POSTGRES, { name: 'line to PostgreSQL stalled', weight: 3, holdMs: [500, 6_000] }, (chosen) =>
    spoilt(chosen, { isStalled: true }, 'stalledChunks'),
  ),
  lineFault(
    POSTGRES,
    { name: 'line to PostgreSQL slow (100 to 300 ms)', weight: 3, holdMs: [500, 3_000] },
    (chosen) => spoilt(chosen, { latencyMs: 100, jitterMs: 200 }, 'delayedChunks'),
  ),
  lineFault(POSTGRES, { name: 'line to PostgreSQL refused', weight: 3, holdMs: [500, 6_000] }, refused),
];

/** What happens between the desk and its Redis. */
export const REDIS_LINE_FAULTS: readonly FaultKind[] = [
  lineFault(REDIS, { name: 'line to Redis reset', weight: 3, holdMs: [0, 300] }, (chosen) =>
    struck(chosen, () => chosen.proxy.resetAll(), 'resets'),
  ),
  lineFault(REDIS, { name: 'line to Redis stalled', weight: 3, holdMs: [500, 6_000] }, (chosen) =>
    spoilt(chosen, { isStalled: true }, 'stalledChunks'),
  ),
  lineFault(
    REDIS,
    { name: 'line to Redis slow (100 to 500 ms)', weight: 3, holdMs: [500, 4_000] },
    (chosen) => spoilt(chosen, { latencyMs: 100, jitterMs: 400 }, 'delayedChunks'),
  ),
  lineFault(REDIS, { name: 'line to Redis refused', weight: 3, holdMs: [500, 6_000] }, refused),
  lineFault(
    REDIS,
    { name: 'bytes falsified on the line to Redis', weight: 2, holdMs: [200, 600] },
    (chosen) =>
      struck(
        chosen,
        () => {
          chosen.proxy.corruptOpen();
        },
        'corrupted',
      ),
  ),
];
