import type { Try } from './login-throttle.js';
import { NEVER_MS } from './throttle-policy.js';

type Allowed = Extract<Try, { isAllowed: true }>;
type Refused = Extract<Try, { isAllowed: false }>;

/** What somebody reads whose PIN was wrong. Tells the tries left, never how wrong it was. */
export function wrongPinText({ triesLeft, pauseAfterMs }: Allowed): string {
  if (triesLeft > 0) {
    const tries = triesLeft === 1 ? '1 try' : `${triesLeft} tries`;
    return `That PIN is not right. ${tries} left before a pause of 30 s.`;
  }
  if (pauseAfterMs === NEVER_MS) return `That PIN is not right. ${HARD_STOP}`;
  return `That PIN is not right. Next try in ${spanText(pauseAfterMs)}.`;
}

/** What somebody reads who has to wait. */
export function waitText({ waitMs, isHardStop }: Refused): string {
  return isHardStop ? HARD_STOP : `Too many wrong PINs. Next try in ${spanText(waitMs)}.`;
}

const HARD_STOP =
  'The login is closed after 100 wrong PINs in a row. Whoever runs the server opens it: an empty file unlock-login in DATA_DIR.';

function spanText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
