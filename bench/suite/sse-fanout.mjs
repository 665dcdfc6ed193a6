// The live stream to 500 clients: server CPU per delivered event, and how late events arrive.
import { comparison } from '../kit/compare.mjs';
import { LIVE_PEER, liveStreams } from '../kit/live-streams.mjs';

export default async function run({ quick }) {
  const { what, results } = await liveStreams('sse-fanout', {
    clients: 500,
    periodMs: 100,
    settleMs: 1_500,
    measureMs: quick ? 3_000 : 6_000,
    rounds: quick ? 2 : 5,
  });
  return [
    comparison(results, ({ cpuUsPerEvent }) => cpuUsPerEvent, {
      what: `${what}: server CPU per event`,
      unit: 'us',
      peer: LIVE_PEER,
      bound: { atMost: 1.5 },
    }),
    comparison(results, ({ p99Ms }) => p99Ms, {
      what: 'the same: lateness of arrival, p99',
      unit: 'ms',
      peer: LIVE_PEER,
      bound: { atMost: 1.5 },
    }),
    comparison(results, ({ p50Ms }) => p50Ms, {
      what: 'the same: lateness of arrival, median',
      unit: 'ms',
      peer: LIVE_PEER,
    }),
    comparison(results, ({ bytesPerEvent }) => bytesPerEvent, {
      what: 'the same: bytes on the wire per event',
      unit: 'bytes',
      peer: LIVE_PEER,
    }),
  ];
}
