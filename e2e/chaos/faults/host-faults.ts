import { eventually } from '../../kit/eventually.js';
import type { DeskInstance } from '../stage/desk-instance.js';
import type { Stage } from '../stage/stage.js';
import type { SteppableClock } from '../stage/steppable-clock.js';
import { mustHaveHappened, type FaultKind } from './fault.js';

/** How near the clock of a process must come to what it was set to: it looks once a second. */
const CLOCK_TOLERANCE_MS = 1_500;

function clockOf({ instances }: Stage): { instance: DeskInstance; clock: SteppableClock } | string {
  const reasons: string[] = [];
  for (const instance of instances) {
    const { clock } = instance;
    if (typeof clock !== 'string') return { instance, clock };
    reasons.push(clock);
  }
  return reasons[0] ?? 'there is no instance';
}

function clockStep(name: string, offsetMs: number): FaultKind {
  return {
    name,
    weight: 2,
    holdMs: [1_000, 3_000],
    reasonAgainst: (stage) => {
      const found = clockOf(stage);
      return typeof found === 'string' ? found : null;
    },
    make: (stage) => {
      const found = clockOf(stage);
      if (typeof found === 'string') throw new RangeError(found);
      const { instance, clock } = found;
      const shiftMs = async (): Promise<number> => {
        const { text } = await instance.app.get('/health');
        return (JSON.parse(text) as { ts: number }).ts - Date.now();
      };
      return {
        target: instance.name,
        inject: () => clock.set(offsetMs),
        verify: async () => {
          const isSet = async (): Promise<boolean> =>
            Math.abs((await shiftMs()) - offsetMs) < CLOCK_TOLERANCE_MS;
          await eventually(isSet, { what: `the clock to be ${offsetMs} ms off`, timeoutMs: 8_000 });
          return `its clock is ${Math.round(await shiftMs())} ms off`;
        },
        heal: () => clock.set(0),
      };
    },
  };
}

const DISK_FULL: FaultKind = {
  name: 'DATA_DIR full',
  weight: 3,
  holdMs: [300, 3_000],
  reasonAgainst: ({ disk }) => (typeof disk === 'string' ? disk : null),
  make: ({ disk, instances }) => {
    if (typeof disk === 'string') throw new RangeError(disk);
    let leftBytes = Infinity;
    return {
      target: instances[0]?.name ?? '',
      inject: async () => {
        leftBytes = await disk.fill();
      },
      verify: () => {
        mustHaveHappened(leftBytes === 0, `${leftBytes} bytes are left`);
        return Promise.resolve('not a byte is left on the disk');
      },
      heal: () => disk.free(),
    };
  },
};

/** What happens to the machine under an instance. */
export const HOST_FAULTS: readonly FaultKind[] = [
  clockStep('clock stepped 5 s back', -5_000),
  clockStep('clock stepped 5 s forward', 5_000),
  DISK_FULL,
];
