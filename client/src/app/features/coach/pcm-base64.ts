import { bytesOf, samplesOf } from '@libs/coach';

/** PCM samples of base64, as the protocol carries sound. */
export function samplesOfBase64(text: string): Int16Array {
  return samplesOf(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}

/** Base64 of PCM samples. */
export function base64OfSamples(samples: Int16Array): string {
  return btoa(Array.from(bytesOf(samples), (byte) => String.fromCharCode(byte)).join(''));
}
