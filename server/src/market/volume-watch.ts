import { Logger } from '@nestjs/common';
import { seqOf, type Bar, type BarValues, type ClosedBar, type Seq } from '@libs/bars';

/** A minute with more than this many times the volume of those before it is worth a line in the log. */
const REMARKABLE = 10;
/** Minutes that the rolling average looks back on. */
const WINDOW = 20;
/** Averages remembered until the official minute comes; late ones come up to a quarter of an hour later. */
const REMEMBERED = 32;

/** Remembers what volume was usual when a minute closed, and tells of minutes far beyond it, with both versions of them. */
export class VolumeWatch {
  private readonly logger = new Logger('market');
  /** Both by symbol index. */
  private readonly volumes: number[][] = [];
  private readonly usual: Map<Seq, number>[] = [];

  /** A 1-minute bar was finalized. */
  closed({ symbolIndex, timeframe, barStartMs, v }: ClosedBar): void {
    const volumes = (this.volumes[symbolIndex] ??= []);
    const usual = (this.usual[symbolIndex] ??= new Map<Seq, number>());
    if (volumes.length === WINDOW) {
      usual.set(seqOf(barStartMs, timeframe), volumes.reduce((sum, volume) => sum + volume, 0) / WINDOW);
      volumes.shift();
    }
    volumes.push(v);
    const [oldest] = usual.keys();
    if (usual.size > REMEMBERED && oldest !== undefined) usual.delete(oldest);
  }

  /** The official version of a minute is known. Returns whether it was remarkable. */
  compare(symbolIndex: number, ours: Bar, official: BarValues): boolean {
    const average = this.usual[symbolIndex]?.get(ours.seq);
    if (average === undefined) return false;
    const volume = Math.max(ours.ohlcv.v, official.ohlcv.v);
    if (!(volume > REMARKABLE * average)) return false;
    this.logger.warn(
      `${ours.symbol} seq ${ours.seq}: volume ${volume} is beyond ${REMARKABLE} times the average ${Math.round(average)}; ` +
        `made here ${textOf(ours)}, official ${textOf(official)}`,
    );
    return true;
  }
}

function textOf({ ohlcv, vw, n }: BarValues): string {
  return JSON.stringify({ ohlcv, vw, n });
}
