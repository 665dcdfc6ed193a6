import { existsSync, readFileSync } from 'node:fs';
import { sharedData } from './trade-files.suite.js';

/** One line of a recording or of a collection of documented messages. */
export type WireLine = Readonly<Record<string, unknown>>;

/** Path of a file of recorded messages; it may not be there. */
export function wirePath(name: string): string {
  return sharedData('wire', name);
}

export function hasWire(name: string): boolean {
  return existsSync(wirePath(name));
}

/** Lines of a file of recorded messages. */
export function readWire(name: string): WireLine[] {
  return readFileSync(wirePath(name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as WireLine);
}
