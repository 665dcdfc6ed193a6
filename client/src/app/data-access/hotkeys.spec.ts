import { describe, expect, it } from '@jest/globals';
import { conflictOf, keyNameOf } from './hotkeys';

const COMMANDS = [
  { id: 'rules', name: 'Go to Rules', keys: ['G', 'R'] },
  { id: 'next', name: 'Next symbol', keys: ['J'] },
  { id: 'theme', name: 'Theme' },
];

describe('keys of commands', () => {
  it.each([
    ['j', 'J'],
    ['?', '?'],
    ['F2', 'F2'],
    ['Escape', null],
    ['Shift', null],
    ['ArrowUp', null],
  ])('%s is %s', (pressed, name) => {
    expect(keyNameOf(pressed)).toBe(name);
  });

  it.each([
    ['the same key', ['J'], 'next'],
    ['the same two keys', ['G', 'R'], 'rules'],
    ['the first of two keys alone', ['G'], 'rules'],
    ['two keys of which the first is somebody else’s only one', ['J', 'X'], 'next'],
    ['another second key', ['G', 'X'], undefined],
    ['a free key', ['X'], undefined],
    ['none', [], undefined],
  ])('%s: in the way is %s', (_what, keys, id) => {
    expect(conflictOf(COMMANDS, 'theme', keys)?.id).toBe(id);
  });

  it('never stand in their own way', () => {
    expect(conflictOf(COMMANDS, 'next', ['J'])).toBeNull();
  });
});
