import { describe, expect, test } from '@jest/globals';
import { CallOutGate, QUIET_MS } from './call-out-gate';

describe('which signals are called out', () => {
  test('one of a symbol in its quiet time; other symbols have their own', () => {
    const gate = new CallOutGate();
    expect(gate.take('SPY', 0)).toBe(true);
    expect(gate.take('SPY', 1)).toBe(false);
    expect(gate.take('QQQ', 2)).toBe(true);
    expect(gate.take('SPY', QUIET_MS - 1)).toBe(false);
    expect(gate.take('SPY', QUIET_MS)).toBe(true);
    expect(gate.take('QQQ', QUIET_MS)).toBe(false);
  });
});
