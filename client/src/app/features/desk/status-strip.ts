import { Component, computed, input, output, viewChild, type ElementRef } from '@angular/core';
import type { StatusEvent } from '@libs/contract';
import type { Completeness } from '../../data-access/completeness';
import type { DeskState } from '../../data-access/desk-state';
import { THEMES, type Theme } from '../../data-access/theme';
import { formatClock, formatSpan, type Zone } from '../../text/format';
import { BADGES, stateSentence, TEXTS } from '../../text/texts';
import { Icon } from '../../ui/icon';

/** A lag longer than this is no lag but a quiet market, and is not shown. */
const LONGEST_LAG_MS = 60_000;

/** The top line: what the prices are, whether they are complete, and the exchange's time. */
@Component({
  selector: 'st-status-strip',
  imports: [Icon],
  templateUrl: './status-strip.html',
  styleUrl: './status-strip.css',
})
export class StatusStrip {
  readonly state = input.required<DeskState>();
  readonly status = input.required<StatusEvent | null>();
  readonly completeness = input.required<Completeness>();
  readonly nowMs = input.required<number>();
  readonly zone = input.required<Zone>();
  readonly theme = input.required<Theme>();
  /** Exchange time of the newest trade of the symbol in view. */
  readonly lastTickMs = input.required<number | null>();
  readonly themeChange = output<Theme>();

  private readonly about = viewChild.required<ElementRef<HTMLDialogElement>>('about');

  protected readonly themes = THEMES;
  protected readonly badge = computed(() => BADGES[this.state()]);
  protected readonly clock = computed(() => formatClock(this.nowMs(), this.zone()));
  protected readonly sentence = computed(() => {
    const status = this.status();
    return stateSentence(this.state(), status?.source ?? '', status?.reason ?? '');
  });
  protected readonly source = computed(() => this.status()?.source ?? '');
  protected readonly lag = computed(() => {
    const tickMs = this.lastTickMs();
    if (tickMs === null || this.state() === 'replay') return null;
    const lagMs = this.nowMs() - tickMs;
    return lagMs >= 0 && lagMs < LONGEST_LAG_MS ? formatSpan(lagMs) : null;
  });
  protected readonly mark = computed(() => {
    const result = this.completeness();
    if (result.state === 'unknown') return null;
    const isComplete = result.state === 'complete';
    return {
      isComplete,
      word: isComplete ? TEXTS.complete : TEXTS.incomplete,
      detail: isComplete
        ? TEXTS.completeDetail(result.bars)
        : TEXTS.incompleteDetail(result.bars, result.serverBars),
    };
  });

  protected chooseTheme(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    const theme = THEMES.find((candidate) => candidate === value);
    if (theme !== undefined) this.themeChange.emit(theme);
  }

  protected openAbout(): void {
    this.about().nativeElement.showModal();
  }

  protected closeAbout(): void {
    this.about().nativeElement.close();
  }
}
