import { TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Commands, takesKeys } from './commands';
import { SettingsStore } from './settings-store';

describe('commands', () => {
  let commands: Commands;
  let done: string[];
  let remove: () => void;

  beforeEach(() => {
    localStorage.clear();
    commands = TestBed.inject(Commands);
    done = [];
    const command = (id: string, ...keys: string[]) => ({
      id,
      name: id,
      group: 'Test',
      keys,
      run: () => done.push(id),
    });
    remove = commands.add([command('rules', 'G', 'R'), command('list', 'W'), command('help', '?')]);
  });

  it('runs what a key stands for, in either case', () => {
    expect(commands.press('w', 0)).toBe(true);
    expect(commands.press('?', 0)).toBe(true);
    expect(commands.press('x', 0)).toBe(false);
    expect(done).toEqual(['list', 'help']);
  });

  it('takes two keys after one another, unless the first is long ago or leads nowhere', () => {
    commands.press('g', 0);
    commands.press('r', 1_000);
    expect(done).toEqual(['rules']);
    commands.press('g', 10_000);
    expect(commands.press('r', 20_000)).toBe(false);
    commands.press('g', 30_000);
    commands.press('w', 30_100);
    expect(done).toEqual(['rules', 'list']);
    expect(commands.press('r', 30_200)).toBe(false);
  });

  it('hears the keys the user chose in place of the usual ones, and none where none was chosen', () => {
    TestBed.inject(SettingsStore).change({ hotkeys: { list: ['L'], help: [] } });
    expect(commands.press('w', 0)).toBe(false);
    expect(commands.press('?', 0)).toBe(false);
    expect(commands.press('l', 0)).toBe(true);
    expect(done).toEqual(['list']);
  });

  it('forgets what was taken away', () => {
    remove();
    expect(commands.press('w', 0)).toBe(false);
    expect(commands.all()).toEqual([]);
  });

  it('leaves the keys to whoever is writing', () => {
    const element = (tag: string, type = ''): HTMLElement =>
      Object.assign(document.createElement(tag), type === '' ? {} : { type });
    expect(takesKeys(element('textarea'), 'j')).toBe(true);
    expect(takesKeys(element('input', 'text'), 'j')).toBe(true);
    expect(takesKeys(element('select'), 'j')).toBe(true);
    expect(takesKeys(element('input', 'radio'), 'j')).toBe(false);
    expect(takesKeys(element('button'), 'j')).toBe(false);
    expect(takesKeys(element('button'), ' ')).toBe(true);
    expect(takesKeys(element('div'), ' ')).toBe(false);
    const dialog = element('dialog');
    dialog.append(element('button'));
    expect(takesKeys(dialog.firstElementChild, 'j')).toBe(true);
  });
});
