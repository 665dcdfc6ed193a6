/** A command as far as its keys go. */
export interface KeyedCommand {
  readonly id: string;
  readonly name: string;
  readonly keys?: readonly string[];
}

/** Keys the page itself needs, in every view. */
const RESERVED = new Set(['Escape', 'Enter', 'Tab', ' ', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']);

/** A key as commands name it: letters in capitals; `null` for keys that cannot be a command's. */
export function keyNameOf(key: string): string | null {
  if (
    RESERVED.has(key) ||
    ['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Unidentified'].includes(key)
  )
    return null;
  return key.length === 1 ? key.toUpperCase() : key;
}

/**
 * The command that stands in the way of others keys for `id`, if any: it has the same ones, or one of the two begins with
 * the only key of the other, which would never let it be finished.
 */
export function conflictOf(
  commands: readonly KeyedCommand[],
  id: string,
  keys: readonly string[],
): KeyedCommand | null {
  if (keys.length === 0) return null;
  const isInTheWay = (theirs: readonly string[]): boolean => {
    const shared = Math.min(keys.length, theirs.length);
    return shared > 0 && keys.slice(0, shared).join(' ') === theirs.slice(0, shared).join(' ');
  };
  return commands.find((one) => one.id !== id && isInTheWay(one.keys ?? [])) ?? null;
}
