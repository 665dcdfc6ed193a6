/** Hears that the server asked for a session. Apart from the framework, because requests are sent before it is there. */
let listener: (() => void) | null = null;
let isUnheard = false;

/** Whoever gets a 401 says so here. */
export function tellSessionLoss(): void {
  if (listener === null) isUnheard = true;
  else listener();
}

/** Calls back with every loss, and at once where one was told before. */
export function onSessionLoss(heard: () => void): void {
  listener = heard;
  if (!isUnheard) return;
  isUnheard = false;
  heard();
}
