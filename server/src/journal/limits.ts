/** What one owner's journal may hold, deleted parts included; beyond it, nothing more is taken. */
export const LARGEST_JOURNAL = { fills: 1_000_000, entries: 100_000, mappings: 100 } as const;
