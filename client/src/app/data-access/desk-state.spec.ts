import { describe, expect, it } from '@jest/globals';
import { deskStateOf, type StateInputs } from './desk-state';

const SOUND: StateInputs = { isOnline: true, feed: 'live', lostForMs: null, isClosed: false };

describe('the state of the desk', () => {
  it.each<[string, Partial<StateInputs>, string]>([
    ['says what the feed says', {}, 'live'],
    ['connects until the feed has spoken', { feed: null }, 'connecting'],
    [
      'connects, not breaks, when the line is lost before that',
      { feed: null, lostForMs: 60_000 },
      'connecting',
    ],
    ['rests when the market is closed by its calendar', { isClosed: true }, 'idle'],
    ['takes silence of a closed market for rest, not for a fault', { feed: 'stale', isClosed: true }, 'idle'],
    ['takes silence of an open market for a fault', { feed: 'stale' }, 'stale'],
    ['simulates on Sundays as well', { feed: 'simulated', isClosed: true }, 'simulated'],
    ['replays at night as well', { feed: 'replay', isClosed: true }, 'replay'],
    [
      'stays down over a closed market: a key must be mended before it opens',
      { feed: 'down', isClosed: true },
      'down',
    ],
    ['stays delayed', { feed: 'delayed' }, 'delayed'],
    ['does not tell of a loss that heals at once', { lostForMs: 1_999 }, 'live'],
    ['tells of a loss after two seconds', { lostForMs: 2_000 }, 'stale'],
    ['tells of it over a closed market too', { lostForMs: 2_000, isClosed: true }, 'stale'],
    ['says offline before anything else', { isOnline: false, feed: null, lostForMs: 60_000 }, 'offline'],
  ])('%s', (_, inputs, expected) => {
    expect(deskStateOf({ ...SOUND, ...inputs })).toBe(expected);
  });
});
