/** The message of whatever was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  const text = isErrorLike(thrown) ? thrown.message || thrown.name : String(thrown);
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}

/** Whether `thrown` is a system error with one of these codes (`EADDRINUSE`, `EACCES`, ...). */
export function hasErrorCode(thrown: unknown, ...codes: string[]): boolean {
  return isErrorLike(thrown) && 'code' in thrown && codes.includes(String(thrown.code));
}

/** Errors of workers and of other realms are no instances of our `Error`. */
function isErrorLike(thrown: unknown): thrown is Pick<Error, 'name' | 'message'> {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    'message' in thrown &&
    typeof thrown.message === 'string' &&
    'name' in thrown
  );
}

/** A start that cannot go on, told in one line a person can act on. Never carries a secret. */
export class StartupError extends Error {
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
    this.name = 'StartupError';
  }
}
