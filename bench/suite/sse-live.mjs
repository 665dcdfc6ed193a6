// The live stream to as many clients as one instance takes: how late events arrive.
import { comparison } from '../kit/compare.mjs';
import { LIVE_PEER, liveStreams } from '../kit/live-streams.mjs';

/** What the desk promises. */
const LATEST_MS = 250;

export default async function run({ quick }) {
  const { what, results } = await liveStreams('sse-live', {
    clients: 2_000,
    periodMs: 250,
    settleMs: 3_000,
    measureMs: quick ? 4_000 : 10_000,
    rounds: quick ? 1 : 5,
  });
  const promised = { ours: results.ours, peer: results.ours.map(() => ({ p99Ms: LATEST_MS })) };
  return [
    comparison(promised, ({ p99Ms }) => p99Ms, {
      what: `${what}: lateness of arrival, p99`,
      unit: 'ms',
      peer: 'the promise',
      bound: { atMost: 1 },
    }),
    comparison(results, ({ p99Ms }) => p99Ms, {
      what: 'the same, beside a server that does nothing else',
      unit: 'ms',
      peer: LIVE_PEER,
      bound: { atMost: 1.5 },
    }),
    comparison(results, ({ cpuUsPerEvent }) => cpuUsPerEvent, {
      what: 'the same: server CPU per event',
      unit: 'us',
      peer: LIVE_PEER,
    }),
  ];
}
