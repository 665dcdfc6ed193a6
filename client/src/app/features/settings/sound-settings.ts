import { Component, inject } from '@angular/core';
import { DeskSound } from '../../data-access/desk-sound';
import { CUES, type Cue } from '../../data-access/settings';
import { SettingsStore } from '../../data-access/settings-store';

const CUE_WORDS: Readonly<Record<Cue, readonly [name: string, note: string]>> = {
  signal: ['Signals', 'Two short tones; muted rules make none'],
  attention: ['Trouble', 'Prices have become old, the line is lost'],
  well: ['All well again', 'When the trouble is over'],
  bar: ['End of a bar', 'A click, of the chart in view'],
};
/** From ten in the evening to seven in the morning. */
const NIGHT = { from: 22 * 60, to: 7 * 60 };

/** What is heard of the desk, how loud, and when not. */
@Component({
  selector: 'st-sound-settings',
  templateUrl: './sound-settings.html',
  styleUrl: './sound-settings.css',
})
export class SoundSettings {
  private readonly store = inject(SettingsStore);
  private readonly sound = inject(DeskSound);

  protected readonly settings = this.store.all;
  protected readonly cues = CUES.map((value) => {
    const [name, note] = CUE_WORDS[value];
    return { value, name, note };
  });

  protected setSound(event: Event): void {
    this.store.change({ sound: isChecked(event) });
  }

  protected setVolume(event: Event): void {
    this.store.change({ volume: Number((event.target as HTMLInputElement).value) });
    this.sound.try('signal');
  }

  protected setCue(cue: Cue, event: Event): void {
    this.store.change({ cues: { ...this.settings().cues, [cue]: isChecked(event) } });
  }

  protected hear(cue: Cue): void {
    this.sound.try(cue);
  }

  protected setQuiet(event: Event): void {
    this.store.change({ quietHours: isChecked(event) ? NIGHT : null });
  }

  protected setQuietTime(which: 'from' | 'to', event: Event): void {
    const quiet = this.settings().quietHours;
    const [hours, minutes] = (event.target as HTMLInputElement).value.split(':').map(Number);
    if (quiet === null || hours === undefined || minutes === undefined) return;
    if (Number.isNaN(hours) || Number.isNaN(minutes)) return;
    this.store.change({ quietHours: { ...quiet, [which]: hours * 60 + minutes } });
  }

  /** `22:00` */
  protected timeOf(minute: number): string {
    return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  }
}

function isChecked(event: Event): boolean {
  return (event.target as HTMLInputElement).checked;
}
