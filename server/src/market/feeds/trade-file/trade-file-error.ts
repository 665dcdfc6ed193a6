/** A trade file that cannot be used at all: the message says what is wrong with it, in one line without the path. */
export class TradeFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TradeFileError';
  }
}
