import { eventually } from '../../kit/eventually.js';
import { reasonAgainstLoss, type LanHost } from '../../kit/lan.js';
import type { DeskInstance } from '../stage/desk-instance.js';
import type { Stage } from '../stage/stage.js';
import { aFollower, theLeader } from './choose-instance.js';
import { mustHaveHappened, type Fault, type FaultKind } from './fault.js';

const ONE_HOST = 'all parts of this stage are on one host';

/** A host that something happens to, and a port at which somebody listens there. */
interface Victim {
  readonly target: string;
  readonly host: LanHost;
  readonly port: number;
}

type Choose = (stage: Stage, random: () => number) => Promise<Victim>;

const hostOf = ({ name, host, app }: DeskInstance): Victim => {
  if (host === null) throw new RangeError(ONE_HOST);
  return { target: `host of ${name}`, host, port: app.port };
};
const leaderHost: Choose = async (stage, random) => hostOf(await theLeader(stage, random));
const followerHost: Choose = async (stage, random) => hostOf(await aFollower(stage, random));
const redisHost: Choose = ({ redis }) => {
  if (!redis?.host) throw new RangeError(ONE_HOST);
  return Promise.resolve({ target: 'host of Redis', host: redis.host, port: redis.port });
};

/** Its plug is pulled: it is cut off from everybody, and nobody is told. */
function cutOff({ target, host, port }: Victim): Fault {
  return {
    target,
    inject: atOnce(() => {
      host.setPlugged(false);
    }),
    verify: async () => {
      mustHaveHappened(!(await host.answersAt(port)), `${host.address} still answers`);
      return `nothing gets through to ${host.address}`;
    },
    heal: atOnce(() => {
      host.setPlugged(true);
    }),
  };
}

/** Packets to and from it are lost by chance. */
function lossy({ target, host }: Victim, percent: number): Fault {
  return {
    target,
    inject: atOnce(() => {
      host.losePackets(percent);
    }),
    verify: async () => {
      await eventually(() => host.lostPackets > 0, { what: `a packet of ${target} to be lost` });
      return `${host.lostPackets} packets lost so far`;
    },
    heal: atOnce(() => {
      host.losePackets(0);
    }),
  };
}

/** What it says to Redis is lost, what it hears from there is not. */
function deafened({ target, host }: Victim, { redis }: Stage): Fault {
  const address = redis?.host?.address;
  if (address === undefined) throw new RangeError(ONE_HOST);
  return {
    target: `${target}, what it sends to Redis`,
    inject: atOnce(() => {
      host.dropWhatGoesTo(address);
    }),
    verify: () => {
      mustHaveHappened(!host.hasRouteTo(address), `there is a way to ${address}`);
      return Promise.resolve(`no way to ${address}`);
    },
    heal: atOnce(() => {
      host.sendAgainTo(address);
    }),
  };
}

function networkFault(
  name: string,
  holdMs: FaultKind['holdMs'],
  choose: Choose,
  make: (victim: Victim, stage: Stage) => Fault,
): FaultKind {
  return {
    name,
    weight: 1,
    holdMs,
    reasonAgainst: ({ lan }) => (lan === null ? ONE_HOST : null),
    make: async (stage, random) => make(await choose(stage, random), stage),
  };
}

function needingLoss(kind: FaultKind): FaultKind {
  return { ...kind, reasonAgainst: (stage) => kind.reasonAgainst(stage) ?? reasonAgainstLoss() };
}

/** What happens to the network between hosts. */
export const NETWORK_FAULTS: readonly FaultKind[] = [
  networkFault('host of the leader cut off', [3_000, 5_000], leaderHost, cutOff),
  networkFault('host of a follower cut off', [2_000, 4_000], followerHost, cutOff),
  networkFault('host of Redis cut off', [2_000, 4_000], redisHost, cutOff),
  networkFault('the leader cannot send to Redis', [2_000, 4_000], leaderHost, deafened),
  needingLoss(
    networkFault('20 % of the packets of the leader lost', [2_000, 4_000], leaderHost, (victim) =>
      lossy(victim, 20),
    ),
  ),
  needingLoss(
    networkFault('20 % of the packets of a follower lost', [2_000, 4_000], followerHost, (victim) =>
      lossy(victim, 20),
    ),
  ),
  needingLoss(
    networkFault('20 % of the packets of Redis lost', [2_000, 4_000], redisHost, (victim) =>
      lossy(victim, 20),
    ),
  ),
];

/** Work that is done at once, as one that would take time. */
function atOnce(work: () => void): () => Promise<void> {
  return () => {
    work();
    return Promise.resolve();
  };
}
