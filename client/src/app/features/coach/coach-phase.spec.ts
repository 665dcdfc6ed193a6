import { describe, expect, test } from '@jest/globals';
import { hintOf, phaseOf, type CoachFacts } from './coach-phase';

const facts = (changes: Partial<CoachFacts> = {}): CoachFacts => ({
  line: { kind: 'open' },
  providerTry: null,
  isSpeaking: false,
  isThinking: false,
  isListening: false,
  isCapped: false,
  ...changes,
});

describe('what the coach is doing', () => {
  test.each([
    [facts(), 'idle'],
    [facts({ line: { kind: 'asleep' } }), 'idle'],
    [facts({ line: { kind: 'opening' } }), 'opening'],
    [facts({ isListening: true }), 'listening'],
    [facts({ isListening: true, isThinking: true }), 'thinking'],
    [facts({ isListening: true, isThinking: true, isSpeaking: true }), 'speaking'],
    [facts({ providerTry: 2 }), 'reconnecting'],
    [facts({ line: { kind: 'waiting', attempt: 3, atMs: 0 }, isListening: true }), 'reconnecting'],
    [facts({ line: { kind: 'failed' } }), 'failed'],
    [facts({ isCapped: true }), 'capped'],
    [facts({ isCapped: true, isSpeaking: true }), 'speaking'],
  ])('%j is %s', (given, phase) => {
    expect(phaseOf(given)).toBe(phase);
  });

  test('a line that is lost says which try, and when', () => {
    const { line, providerTry } = facts({ line: { kind: 'waiting', attempt: 3, atMs: 13_500 } });
    expect(hintOf('reconnecting', { line, providerTry }, false, null, 10_000)).toBe(
      'Try 3 of 10, next in 4 s. You can type.',
    );
  });

  test('the money spent is named', () => {
    expect(hintOf('capped', facts(), false, 2, 0)).toBe("Today's $2.00 is spent; the local coach goes on");
  });
});
