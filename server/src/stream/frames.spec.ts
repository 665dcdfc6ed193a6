import { describe, expect, it } from '@jest/globals';
import { barJson, microbarJson } from '@libs/bars';
import * as fc from 'fast-check';
import { alertOn, barOf } from '../market/scripted-log.suite.js';
import { alertFrame, barFrame, controlFrame, microbarFrame, retryFrame } from './frames.js';
import { readEventStream } from './testing/event-stream.suite.js';
import { microbarOf } from './testing/stream-desk.suite.js';

describe('frames of the stream', () => {
  it('a bar: its cursor as id, and the one text of a bar as data', () => {
    const bar = barOf({ seq: 29_381_040, prevSeq: null, close: 0.1 + 0.2 });
    const { events } = readEventStream(barFrame({ offset: 17, bar }, 'e0123456789ab'));
    expect(events).toEqual([{ name: 'bar', id: 'e0123456789ab-17', data: barJson(bar) }]);
    expect(JSON.parse(events[0]?.data ?? '')).toEqual(bar);
  });

  it('an alert: its own cursor as id, and its text as it is on record', () => {
    const alert = alertOn(barOf({ seq: 29_381_040 }));
    const { events } = readEventStream(alertFrame(18, alert, 'e0123456789ab'));
    expect(events).toEqual([{ name: 'alert', id: 'e0123456789ab-18', data: alert.json }]);
  });

  it('a forming bar: no id', () => {
    const microbar = microbarOf('BTC-USD', 29_381_040, 1e-7);
    const { events } = readEventStream(microbarFrame(microbar));
    expect(events).toEqual([{ name: 'microbar', id: undefined, data: microbarJson(microbar) }]);
    expect(JSON.parse(events[0]?.data ?? '')).toEqual(microbar);
  });

  it('anything else: no id, one line of data whatever the text in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (reason) => {
        const status = { state: 'down', source: 'file', reason, ts: 1 } as const;
        const { events } = readEventStream(controlFrame('status', status));
        expect(events).toEqual([{ name: 'status', id: undefined, data: JSON.stringify(status) }]);
      }),
    );
  });

  it('retry: whole milliseconds, as browsers demand', () => {
    expect(readEventStream(retryFrame(1_234.56))).toEqual({ events: [], retriesMs: [1_235] });
  });

  it('frames put together are still separate frames', () => {
    const text = [1, 2, 3]
      .map((seq) => barFrame({ offset: seq, bar: barOf({ seq }) }, 'e0123456789ab'))
      .join('');
    expect(readEventStream(text).events.map(({ id }) => id)).toEqual([
      'e0123456789ab-1',
      'e0123456789ab-2',
      'e0123456789ab-3',
    ]);
  });
});
