import { computed, inject, Injectable, signal } from '@angular/core';
import { SettingsStore } from './settings-store';

/** Something the desk can do, for the keyboard, the palette and the list of keys. */
export interface Command {
  readonly id: string;
  /** As the palette shows it: `Open the rules`. */
  readonly name: string;
  /** Heading it stands under. */
  readonly group: string;
  /** Keys in their order, one after the other, such as `['G', 'R']`; none for the palette alone. */
  readonly keys?: readonly string[];
  /** Further words it is found by. */
  readonly also?: string;
  readonly run: () => void;
}

/** A second key counts to the first one this long. */
const CHORD_MS = 1_500;

/** Every command of the views that are there. Views add their own as they appear and take them away as they go. */
@Injectable({ providedIn: 'root' })
export class Commands {
  private readonly settings = inject(SettingsStore);
  private readonly sets = signal<readonly (readonly Command[])[]>([]);
  private first: { readonly key: string; readonly atMs: number } | null = null;

  /** With the keys the user gave them, where those are others. */
  readonly all = computed<readonly Command[]>(() => {
    const { hotkeys } = this.settings.all();
    return this.sets()
      .flat()
      .map((command) => {
        const keys = hotkeys[command.id];
        return keys === undefined ? command : { ...command, keys };
      });
  });

  /** Returns what takes them away again. */
  add(commands: readonly Command[]): () => void {
    this.sets.update((sets) => [...sets, commands]);
    return () => {
      this.sets.update((sets) => sets.filter((set) => set !== commands));
    };
  }

  /** Runs a command by its id; nothing where it is not there. */
  run(id: string): void {
    this.all()
      .find((command) => command.id === id)
      ?.run();
  }

  /** Runs what a key stands for, alone or after the one before. Whether it stood for something. */
  press(key: string, nowMs: number): boolean {
    const typed = key === ' ' ? 'Space' : key.length === 1 ? key.toUpperCase() : key;
    const { first } = this;
    this.first = null;
    const chord = first !== null && nowMs - first.atMs <= CHORD_MS ? [first.key, typed] : [typed];
    const found = this.find(chord) ?? this.find([typed]);
    if (found !== undefined) {
      found.run();
      return true;
    }
    const begins = this.all().some(({ keys }) => keys?.length === 2 && keys[0] === typed);
    if (begins) this.first = { key: typed, atMs: nowMs };
    return begins;
  }

  private find(pressed: readonly string[]): Command | undefined {
    return this.all().find(
      ({ keys }) => keys?.length === pressed.length && keys.every((key, index) => key === pressed[index]),
    );
  }
}

const PRESSED = 'button, a, summary, [role=option], [role=tab], input';

/** Whether somebody is writing, or a control has the key for itself. */
export function takesKeys(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if ((key === ' ' || key === 'Enter') && target.closest(PRESSED) !== null) return true;
  if (target.isContentEditable || target.closest('dialog') !== null) return true;
  if (target instanceof HTMLInputElement) return !['radio', 'checkbox', 'button'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
