import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SessionStore, type PinRefusal } from '../../data-access/session-store';
import { PinScreen } from './pin-screen';

describe('the screen that asks for the PIN', () => {
  let screen: ComponentFixture<PinScreen>;
  let given: string[];
  let refusal: PinRefusal | null;

  beforeEach(async () => {
    given = [];
    refusal = null;
    const enter = (pin: string): Promise<PinRefusal | null> => {
      given.push(pin);
      return Promise.resolve(refusal);
    };
    TestBed.configureTestingModule({ providers: [{ provide: SessionStore, useValue: { enter } }] });
    screen = TestBed.createComponent(PinScreen);
    document.body.append(screen.nativeElement as HTMLElement);
    await screen.whenStable();
  });

  afterEach(() => {
    jest.useRealTimers();
    (screen.nativeElement as HTMLElement).remove();
  });

  /** The screen has one field, and everything else is asked for its text. */
  const find = (selector: string): HTMLInputElement =>
    (screen.nativeElement as HTMLElement).querySelector(selector) as HTMLInputElement;

  async function give(pin: string): Promise<void> {
    find('input').value = pin;
    find('form').dispatchEvent(new Event('submit', { cancelable: true }));
    await screen.whenStable();
  }

  it('has one named field, hidden from shoulders, ready to type into and known to password managers', () => {
    const input = find('input');
    expect(document.activeElement).toBe(input);
    expect(find('label').getAttribute('for')).toBe(input.id);
    expect([input.type, input.autocomplete]).toEqual(['password', 'current-password']);
  });

  it('gives what was typed, and forgets it once the desk is open', async () => {
    await give('tulip-river-9');
    expect(given).toEqual(['tulip-river-9']);
    expect(find('input').value).toBe('');
  });

  it('a wrong one: says so aloud, keeps the field in focus with what was typed selected', async () => {
    refusal = { message: 'That PIN is not right. 3 tries left before a pause of 30 s.', waitS: 0 };
    await give('wrong-1');
    expect(find('[role=alert]').textContent).toContain('3 tries left');
    const input = find('input');
    expect(document.activeElement).toBe(input);
    expect([input.selectionStart, input.selectionEnd]).toEqual([0, 7]);
    expect(input.getAttribute('aria-invalid')).toBe('true');
  });

  it('sends nothing while it is empty or paused, and says when it takes one again', async () => {
    await give('');
    expect(given).toEqual([]);
    expect(find('[role=alert]').textContent).toContain('The PIN is missing.');
    jest.useFakeTimers({
      doNotFake: ['queueMicrotask', 'requestAnimationFrame', 'setImmediate', 'nextTick'],
    });
    refusal = { message: 'Too many wrong PINs. Next try in 30 s.', waitS: 30 };
    find('input').value = 'wrong-2';
    find('form').dispatchEvent(new Event('submit', { cancelable: true }));
    await jest.advanceTimersByTimeAsync(10);
    find('form').dispatchEvent(new Event('submit', { cancelable: true }));
    await jest.advanceTimersByTimeAsync(10);
    expect(given).toEqual(['wrong-2']);
    await jest.advanceTimersByTimeAsync(30_000);
    screen.detectChanges();
    expect(find('[role=alert]').textContent).toContain('Another try is possible now.');
    find('form').dispatchEvent(new Event('submit', { cancelable: true }));
    await jest.advanceTimersByTimeAsync(10);
    expect(given).toEqual(['wrong-2', 'wrong-2']);
  });
});
