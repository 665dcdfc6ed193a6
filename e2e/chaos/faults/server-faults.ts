import { eventually } from '../../kit/eventually.js';
import { isStopped } from '../../kit/processes.js';
import type { DeskInstance } from '../stage/desk-instance.js';
import type { Stage } from '../stage/stage.js';
import { aFollower, theLeader, type Choose } from './choose-instance.js';
import { mustHaveHappened, type Fault, type FaultKind } from './fault.js';

const onlyAlone = ({ instances }: Stage): string | null =>
  instances.length === 1 ? null : 'with several instances it is done to leader and followers by name';
const onlyInCluster = ({ instances }: Stage): string | null =>
  instances.length > 1 ? null : 'there is one instance alone';
const onlyWithProc =
  process.platform === 'linux' ? null : 'the system does not tell whether a process is stopped';

const theOnlyOne: Choose = ({ instances }) => Promise.resolve(instances[0]!);

/** Killed as by a power cut, started again at once. */
function kill(instance: DeskInstance): Fault {
  let signal: string | null = null;
  return {
    target: instance.name,
    inject: async () => {
      ({ signal } = await instance.app.kill9());
    },
    verify: async () => {
      mustHaveHappened(signal === 'SIGKILL', `it ended by ${String(signal)}`);
      await mustBeGone(instance);
      return 'ended by SIGKILL, nobody listens';
    },
    heal: () => instance.app.restart(),
  };
}

/** Asked to stop, as by an operator or an upgrade, started again at once. */
function terminate(instance: DeskInstance): Fault {
  let code: number | null = null;
  let tookMs = 0;
  return {
    target: instance.name,
    inject: async () => {
      ({ code, tookMs } = await instance.app.stop());
    },
    verify: async () => {
      mustHaveHappened(code === 0, `it ended with ${String(code)}: ${instance.app.log.slice(-500)}`);
      await mustBeGone(instance);
      return `ended with 0 in ${Math.round(tookMs)} ms`;
    },
    heal: () => instance.app.restart(),
  };
}

/** Stands still in the middle of whatever it does, its connections open, and goes on later as if nothing had been. */
function pause(instance: DeskInstance): Fault {
  const { pid } = instance.app;
  return {
    target: instance.name,
    inject: () => {
      process.kill(pid, 'SIGSTOP');
      return Promise.resolve();
    },
    verify: async () => {
      await eventually(() => isStopped(pid), { what: `process ${pid} to stand still`, timeoutMs: 2_000 });
      return 'the process is in state T';
    },
    heal: () => {
      process.kill(pid, 'SIGCONT');
      return Promise.resolve();
    },
  };
}

/** An upgrade under way: every instance is stopped and started in turn. */
function restartInTurn({ instances }: Stage): Fault {
  const codes: (number | null)[] = [];
  return {
    target: 'all instances',
    inject: async () => {
      for (const { app } of instances) {
        codes.push((await app.stop()).code);
        await app.restart();
      }
    },
    verify: () => {
      const isOrderly = codes.length === instances.length && codes.every((code) => code === 0);
      mustHaveHappened(isOrderly, `they ended with ${codes.join(', ')}`);
      return Promise.resolve(`${codes.length} instances ended with 0 and were started again`);
    },
    heal: () => Promise.resolve(),
  };
}

async function mustBeGone({ app, name }: DeskInstance): Promise<void> {
  const status = await app.get('/health').then(
    (answer) => answer.status,
    () => null,
  );
  mustHaveHappened(status === null, `${name} still answers`);
}

function on(choose: Choose, make: (instance: DeskInstance) => Fault): FaultKind['make'] {
  return async (stage, random) => make(await choose(stage, random));
}

/** What happens to the processes of the desk. */
export const SERVER_FAULTS: readonly FaultKind[] = [
  {
    name: 'server killed',
    weight: 4,
    holdMs: [0, 300],
    reasonAgainst: onlyAlone,
    make: on(theOnlyOne, kill),
  },
  {
    name: 'server stopped',
    weight: 4,
    holdMs: [0, 300],
    reasonAgainst: onlyAlone,
    make: on(theOnlyOne, terminate),
  },
  {
    name: 'server paused',
    weight: 4,
    holdMs: [300, 4_000],
    reasonAgainst: (stage) => onlyWithProc ?? onlyAlone(stage),
    make: on(theOnlyOne, pause),
  },
  {
    name: 'leader killed',
    weight: 5,
    holdMs: [0, 4_000],
    reasonAgainst: onlyInCluster,
    make: on(theLeader, kill),
  },
  {
    name: 'leader stopped',
    weight: 4,
    holdMs: [0, 4_000],
    reasonAgainst: onlyInCluster,
    make: on(theLeader, terminate),
  },
  {
    name: 'leader paused',
    weight: 5,
    holdMs: [500, 9_000],
    reasonAgainst: (stage) => onlyWithProc ?? onlyInCluster(stage),
    make: on(theLeader, pause),
  },
  {
    name: 'follower killed',
    weight: 3,
    holdMs: [0, 2_000],
    reasonAgainst: onlyInCluster,
    make: on(aFollower, kill),
  },
  {
    name: 'follower stopped',
    weight: 2,
    holdMs: [0, 2_000],
    reasonAgainst: onlyInCluster,
    make: on(aFollower, terminate),
  },
  {
    name: 'follower paused',
    weight: 3,
    holdMs: [300, 5_000],
    reasonAgainst: (stage) => onlyWithProc ?? onlyInCluster(stage),
    make: on(aFollower, pause),
  },
  {
    name: 'all instances restarted in turn',
    weight: 2,
    holdMs: [0, 0],
    reasonAgainst: onlyInCluster,
    make: restartInTurn,
  },
];
