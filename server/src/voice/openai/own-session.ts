import type { ClientSession } from '@libs/contract';
import type { ToolBox } from '../../coach/index.js';
import type { Env } from '../../config/env.schema.js';
import { INSTRUCTIONS, MAX_OUTPUT_TOKENS } from './instructions.js';

/** The session as the provider is told it: instructions, tools, voice and limits are ours, a few things the client's. */
export function ownSession(
  { box, env }: { readonly box: ToolBox; readonly env: Env },
  { output_modalities: modalities = ['audio'], audio }: ClientSession,
): object {
  const format = { type: 'audio/pcm', rate: 24_000 };
  const detection = audio?.input?.turn_detection;
  return {
    type: 'realtime',
    instructions: INSTRUCTIONS,
    output_modalities: modalities,
    max_output_tokens: MAX_OUTPUT_TOKENS,
    tool_choice: 'auto',
    tools: box.descriptions.map(({ name, summary, parameters }) => ({
      type: 'function',
      name,
      description: summary,
      parameters,
    })),
    audio: {
      input: {
        format,
        transcription: { model: 'gpt-4o-mini-transcribe' },
        turn_detection: detection === undefined ? { type: 'server_vad' } : detection,
        ...(audio?.input?.noise_reduction !== undefined && {
          noise_reduction: audio.input.noise_reduction,
        }),
      },
      output: {
        format,
        voice: env.OPENAI_REALTIME_VOICE,
        ...(audio?.output?.speed !== undefined && { speed: audio.output.speed }),
      },
    },
  };
}

/** A client's session with a later change of it. */
export function merged(
  before: ClientSession,
  { output_modalities: modalities, audio }: ClientSession,
): ClientSession {
  return {
    ...before,
    ...(modalities !== undefined && { output_modalities: modalities }),
    audio: {
      input: { ...before.audio?.input, ...audio?.input },
      output: { ...before.audio?.output, ...audio?.output },
    },
  };
}
