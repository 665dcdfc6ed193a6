import { ProblemException } from '../common/problem.exception.js';

/** 401: whoever asks must give the PIN first. Says nothing of what was asked for. */
export function noSession(): ProblemException {
  return new ProblemException({
    status: 401,
    detail: 'This needs a session. POST the PIN to /api/auth/pin first.',
  });
}

/** 403 with the reason. */
export function forbidden(detail: string): ProblemException {
  return new ProblemException({ status: 403, detail });
}

/** 503: sessions cannot be looked up. Closed rather than open. */
export function sessionsOutOfReach(): ProblemException {
  return new ProblemException({
    status: 503,
    detail: 'Sessions cannot be looked up at the moment: the database does not answer.',
    retryAfterS: jitteredS(2),
  });
}

/** 429 for more requests than one caller gets. */
export function tooMany(detail: string, retryAfterS: number): ProblemException {
  return new ProblemException({ status: 429, detail, retryAfterS });
}

/** Seconds from `leastS` to twice that, so that not everybody who was refused comes back in the same one. */
export function jitteredS(leastS: number): number {
  return leastS + Math.round(Math.random() * leastS);
}
