import { median } from './statistics.mjs';

/**
 * Runs ours and the peer in turn, `rounds` times after one round that is thrown away, and swaps who goes first: what
 * else the machine does hits both alike. Each contender is `async () => ({ figure: number, ... })`.
 *
 * @returns the figures of every round, `{ ours: [...], peer: [...] }`
 */
export async function interleave({ rounds, ours, peer, warmUp = true }) {
  const results = { ours: [], peer: [] };
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    const turn = round % 2 === 0 ? ['ours', 'peer'] : ['peer', 'ours'];
    for (const who of turn) {
      const result = await (who === 'ours' ? ours : peer)();
      if (round >= 0) results[who].push(result);
    }
  }
  return results;
}

/**
 * One line of the report: the median of the rounds' ratios ours / peer, and whether it keeps its bound.
 *
 * @param results what {@link interleave} gave
 * @param pick takes the figure out of a round's result
 * @param line `{ what, unit, peer, bound? }`, bound being `{ atLeast }` or `{ atMost }`; none: for information
 */
export function comparison(results, pick, { what, unit, peer, bound }) {
  const ours = results.ours.map(pick);
  const theirs = results.peer.map(pick);
  const ratios = ours.map((value, round) => value / theirs[round]);
  const ratio = median(ratios);
  return {
    what,
    unit,
    peer,
    ours: median(ours),
    theirs: median(theirs),
    ratio,
    ratios,
    bound: bound ?? null,
    verdict: verdictOf(ratio, bound),
  };
}

function verdictOf(ratio, bound) {
  if (bound === undefined) return 'info';
  const keeps = bound.atLeast === undefined ? ratio <= bound.atMost : ratio >= bound.atLeast;
  return keeps ? 'pass' : 'miss';
}
