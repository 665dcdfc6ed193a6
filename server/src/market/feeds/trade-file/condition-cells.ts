import type { SaleConditions, SaleRule } from '@libs/bars';
import { cellText } from './decimal-cell.js';

const SLOTS = 1_024;

/**
 * Sale rules by conditions cell, looked up by the cell's bytes so that no string is made per trade: a hash table whose
 * keys are places in the file itself, where the cell stood first.
 */
export class ConditionCells {
  private readonly keyStart = new Int32Array(SLOTS).fill(-1);
  private readonly keyEnd = new Int32Array(SLOTS);
  private readonly rules: SaleRule[] = [];
  private used = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly conditions: SaleConditions,
  ) {}

  /** Rule of the cell in `bytes[start, end)`. */
  ruleAt(start: number, end: number): SaleRule {
    let slot = this.hash(start, end);
    while (this.keyStart[slot] !== -1) {
      if (this.isKey(slot, start, end)) return this.rules[slot] as SaleRule;
      slot = (slot + 1) % SLOTS;
    }
    const rule = this.conditions.ruleOf(cellText(this.bytes, start, end));
    // Kept half empty, so that a search always ends; the combinations of a real file are a few dozen.
    if (this.used < SLOTS / 2) {
      this.keyStart[slot] = start;
      this.keyEnd[slot] = end;
      this.rules[slot] = rule;
      this.used++;
    }
    return rule;
  }

  private hash(start: number, end: number): number {
    let hash = 0;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (this.bytes[i] as number)) | 0;
    return (hash >>> 0) % SLOTS;
  }

  private isKey(slot: number, start: number, end: number): boolean {
    const { bytes } = this;
    const keyStart = this.keyStart[slot] as number;
    if ((this.keyEnd[slot] as number) - keyStart !== end - start) return false;
    for (let i = start, k = keyStart; i < end; i++, k++) if (bytes[i] !== bytes[k]) return false;
    return true;
  }
}
