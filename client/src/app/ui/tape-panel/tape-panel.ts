import { Component, computed, input, output } from '@angular/core';
import type { EpochMs } from '@libs/bars';
import { formatClock, formatCount, formatPrice, formatVolume } from '../../text/format';
import type { Zone } from '../../text/zone';
import { Icon, type IconName } from '../icon';

/** Trades at one price, as the panel is given them. */
export interface TapeTrade {
  readonly id: number;
  readonly tsMs: EpochMs;
  readonly price: number;
  readonly size: number;
  readonly trades: number;
  readonly direction: 'up' | 'down' | 'same' | 'none';
  readonly isVolumeOnly: boolean;
  readonly leftOutBefore: number;
}

/** Rows on the page at a time; the filter looks through all that are held. */
const MOST_ROWS = 80;
const MOST_SIZE = 1_000_000_000;

/** What trades, newest first, from a size on. */
@Component({
  selector: 'st-tape-panel',
  imports: [Icon],
  templateUrl: './tape-panel.html',
  styleUrl: './tape-panel.css',
})
export class TapePanel {
  /** Newest first. */
  readonly trades = input.required<readonly TapeTrade[]>();
  readonly decimals = input.required<number>();
  readonly zone = input.required<Zone>();
  /** Smaller trades are left out. */
  readonly sizeFrom = input.required<number>();
  /** Whether the server streams single trades. */
  readonly hasTicks = input.required<boolean>();
  readonly sizeFromChange = output<number>();

  private readonly kept = computed(() =>
    this.trades()
      .filter(({ size }) => size >= this.sizeFrom())
      .slice(0, MOST_ROWS),
  );

  protected readonly rows = computed(() => {
    const kept = this.kept();
    const largest = Math.max(0, ...kept.map(({ size }) => size));
    return kept.map((trade) => ({
      id: trade.id,
      when: `${formatClock(trade.tsMs, this.zone())}.${String(trade.tsMs % 1_000).padStart(3, '0')}`,
      price: formatPrice(trade.price, this.decimals()),
      size: trade.size >= 1_000_000 ? formatVolume(trade.size) : sizeText(trade.size),
      sharePercent: largest > 0 ? (trade.size / largest) * 100 : 0,
      icon: iconOf(trade),
      direction: trade.direction,
      isVolumeOnly: trade.isVolumeOnly,
      words: wordsOf(trade),
      leftOut:
        trade.leftOutBefore > 0 ? `${formatCount(trade.leftOutBefore)} trades before are left out` : null,
    }));
  });

  /** Takes a size that can be one; any other leaves things as they are. */
  protected setSize(event: Event): void {
    const box = event.target as HTMLInputElement;
    const size = Number(box.value);
    if (box.value !== '' && Number.isFinite(size) && size >= 0 && size <= MOST_SIZE)
      this.sizeFromChange.emit(size);
    else box.value = String(this.sizeFrom());
  }
}

/** `2,900`, or what a fraction of a coin needs. */
function sizeText(size: number): string {
  return Number.isInteger(size) ? formatCount(size) : formatVolume(size);
}

function iconOf({ direction }: TapeTrade): IconName {
  return direction === 'up' || direction === 'down' ? direction : 'flat';
}

function wordsOf({ trades, isVolumeOnly }: TapeTrade): string {
  const count = trades === 1 ? 'One trade' : `${formatCount(trades)} trades`;
  return isVolumeOnly ? `${count}, for the volume alone: odd lots, averages, late reports` : count;
}
