import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';
import { hasErrorCode } from '../../../common/errors.js';

const inflate = promisify(gunzip);
const LINE_FEED = 10;

/**
 * Unpacks a gzip file, of one member or several, as far as it goes: of one that was cut, whole lines up to the cut.
 * Rejects with the error of zlib where the data is damaged or holds more than `largestBytes`.
 */
export async function textUpToCut(
  packed: Uint8Array,
  largestBytes: number,
): Promise<{ text: Uint8Array; isCut: boolean }> {
  const options = { maxOutputLength: largestBytes };
  try {
    return { text: await inflate(packed, options), isCut: false };
  } catch (thrown) {
    if (!hasErrorCode(thrown, 'Z_BUF_ERROR')) throw thrown;
    const text = await inflate(packed, { ...options, finishFlush: constants.Z_SYNC_FLUSH });
    return { text: text.subarray(0, text.lastIndexOf(LINE_FEED) + 1), isCut: true };
  }
}
