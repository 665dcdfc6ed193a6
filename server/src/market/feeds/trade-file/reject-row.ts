import type { RejectReason } from '../market-feed.port.js';

/** Counts a refused row: `line` from 1, `fault` says what was wrong. */
export type RejectRow = (reason: RejectReason, line: number, fault: string) => void;
