/** Half the width of the filter, in samples of the lower of both rates. */
const HALF_WIDTH = 16;
/** Steps a sample is divided into when the filter is tabulated. */
const STEPS = 256;
const LOUDEST = 32_767;

/**
 * Changes the rate of samples through a windowed sinc, which keeps what lies below half of the lower rate and removes the
 * mirror images above. Rates in hertz.
 */
export function resample(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (fromHz === toHz) return samples;
  const cutoff = Math.min(1, toHz / fromHz);
  const reach = Math.ceil(HALF_WIDTH / cutoff);
  const table = sincTable(reach, cutoff);
  const length = Math.floor((samples.length * toHz) / fromHz);
  const output = new Int16Array(length);
  for (let index = 0; index < length; index++) {
    const position = (index * fromHz) / toHz;
    const first = Math.max(0, Math.ceil(position - reach));
    const last = Math.min(samples.length - 1, Math.floor(position + reach));
    let sum = 0;
    for (let at = first; at <= last; at++) {
      sum += (samples[at] as number) * (table[Math.round(Math.abs(at - position) * STEPS)] as number);
    }
    output[index] = Math.max(-LOUDEST - 1, Math.min(LOUDEST, Math.round(sum)));
  }
  return output;
}

/** The filter from its centre outwards, under a Hann window. */
function sincTable(reach: number, cutoff: number): Float64Array {
  return Float64Array.from({ length: reach * STEPS + 2 }, (_, step) => {
    const x = step / STEPS;
    const window = x >= reach ? 0 : 0.5 + 0.5 * Math.cos((Math.PI * x) / reach);
    const angle = Math.PI * x * cutoff;
    return window * cutoff * (angle === 0 ? 1 : Math.sin(angle) / angle);
  });
}
