/** Samples a second of all audio on the wire: PCM, 16 bits, little endian, one channel. */
export const PCM_RATE_HZ = 24_000;
/** Bytes of a millisecond of it. */
export const PCM_BYTES_PER_MS = (PCM_RATE_HZ * 2) / 1_000;

/** Samples of little-endian PCM; an odd byte at the end is left out. */
export function samplesOf(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.byteLength >> 1 }, (_, index) => view.getInt16(index * 2, true));
}

/** Little-endian PCM of samples. */
export function bytesOf(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, index) => view.setInt16(index * 2, sample, true));
  return bytes;
}
