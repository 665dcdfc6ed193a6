import { eventually } from '../../kit/eventually.js';
import type { DeskInstance } from '../stage/desk-instance.js';
import type { Stage } from '../stage/stage.js';
import { pick } from './fault.js';

/** Which instance something happens to. */
export type Choose = (stage: Stage, random: () => number) => Promise<DeskInstance>;

/** The instance that holds the feed. */
export const theLeader: Choose = (stage) =>
  eventually(() => stage.leader(), { what: 'an instance to lead', timeoutMs: 30_000 });

/** One of the others, by chance. */
export const aFollower: Choose = async (stage, random) => {
  const leader = await theLeader(stage, random);
  return pick(
    stage.instances.filter((instance) => instance !== leader),
    random,
  );
};
