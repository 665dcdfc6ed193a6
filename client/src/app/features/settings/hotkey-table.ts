import { Component, computed, inject, signal } from '@angular/core';
import { Commands, type Command } from '../../data-access/commands';
import { conflictOf, keyNameOf } from '../../data-access/hotkeys';
import { SettingsStore } from '../../data-access/settings-store';

/** A second key belongs to the first this long. */
const CHORD_MS = 1_200;

/** Keys asked for that stand in another command's way. */
interface Conflict {
  readonly id: string;
  readonly keys: readonly string[];
  readonly with: Command;
}

/** Every command with its keys, and the way to choose others. */
@Component({
  selector: 'st-hotkey-table',
  templateUrl: './hotkey-table.html',
  styleUrl: './hotkey-table.css',
})
export class HotkeyTable {
  private readonly commands = inject(Commands);
  private readonly settings = inject(SettingsStore);

  protected readonly words = signal('');
  /** The command that waits for its keys, and those that were pressed. */
  protected readonly waiting = signal<{ readonly id: string; readonly keys: readonly string[] } | null>(null);
  protected readonly conflict = signal<Conflict | null>(null);
  protected readonly hasOwn = computed(() => Object.keys(this.settings.all().hotkeys).length > 0);
  protected readonly rows = computed(() => {
    const words = this.words().trim().toLowerCase();
    return this.commands
      .all()
      .filter(({ name, group }) => `${group} ${name}`.toLowerCase().includes(words))
      .map((command) => ({
        ...command,
        keys: command.keys ?? [],
        isOwn: command.id in this.settings.all().hotkeys,
      }));
  });
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected find(event: Event): void {
    this.words.set((event.target as HTMLInputElement).value);
  }

  protected wait(id: string): void {
    this.conflict.set(null);
    this.waiting.set({ id, keys: [] });
  }

  protected press(id: string, event: KeyboardEvent): void {
    const waiting = this.waiting();
    if (waiting?.id !== id) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') {
      this.stop();
      return;
    }
    if (event.key === 'Backspace' || event.key === 'Delete') {
      this.stop();
      this.keep(id, []);
      return;
    }
    const key = event.ctrlKey || event.altKey || event.metaKey ? null : keyNameOf(event.key);
    if (key === null) return;
    const keys = [...waiting.keys, key];
    this.waiting.set({ id, keys });
    clearTimeout(this.timer);
    if (keys.length === 2) this.take(id, keys);
    else
      this.timer = setTimeout(() => {
        this.take(id, keys);
      }, CHORD_MS);
  }

  /** Leaving in the middle takes what was pressed so far. */
  protected leave(id: string): void {
    const waiting = this.waiting();
    if (waiting?.id !== id) return;
    if (waiting.keys.length > 0) this.take(id, waiting.keys);
    else this.stop();
  }

  /** Gives the keys to the command that asked for them, and none to the one that had them. */
  protected takeOver({ id, keys, with: other }: Conflict): void {
    const { hotkeys } = this.settings.all();
    this.settings.change({ hotkeys: { ...hotkeys, [other.id]: [], [id]: [...keys] } });
    this.conflict.set(null);
  }

  protected reset(id: string): void {
    const others = Object.entries(this.settings.all().hotkeys).filter(([command]) => command !== id);
    this.settings.change({ hotkeys: Object.fromEntries(others) });
    this.conflict.set(null);
  }

  protected resetAll(): void {
    this.settings.change({ hotkeys: {} });
    this.conflict.set(null);
  }

  private take(id: string, keys: readonly string[]): void {
    this.stop();
    const other = conflictOf(this.commands.all(), id, keys);
    const found = this.commands.all().find((command) => command.id === other?.id);
    if (found === undefined) this.keep(id, keys);
    else this.conflict.set({ id, keys, with: found });
  }

  private keep(id: string, keys: readonly string[]): void {
    this.settings.change({ hotkeys: { ...this.settings.all().hotkeys, [id]: [...keys] } });
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.waiting.set(null);
  }
}
