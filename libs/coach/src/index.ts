export * from './facts/fact.js';
export * from './facts/findings.js';
export { clockOfMinute } from './facts/format.js';
export { factsOf, PRICE_GOOD_FOR_MS } from './facts/facts-of.js';
export {
  groundSentence,
  type GroundedFigure,
  type Grounding,
  type GroundingFault,
  type Grounds,
  type Quotation,
} from './grounding/ground-sentence.js';
export { sentencesOf, SentenceSplitter } from './grounding/split-sentences.js';
export { answerOf, signalWords, UNKNOWN } from './answers/answer.js';
export { spokenName } from './answers/spoken-name.js';
export type { Intent, KnownSymbol } from './intent/intent.js';
export { readIntent } from './intent/read-intent.js';
export { PCM_BYTES_PER_MS, PCM_RATE_HZ, bytesOf, samplesOf } from './audio/pcm.js';
export { resample } from './audio/resample.js';
export { EnergyVad, VAD_DEFAULTS, type VadEvent, type VadOptions } from './audio/energy-vad.js';
export {
  heardCharacters,
  NOTHING_SPOKEN,
  withSound,
  withWords,
  type SpokenWords,
} from './audio/heard-words.js';
export { readSymbol } from './intent/read-symbol.js';
