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
        // Answers are asked for by us alone: each of them has to be paid for.
        turn_detection:
          detection === null ? null : { type: 'server_vad', ...detection, create_response: false },
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

/** The provider's session as the client is told it: without our instructions, and with turns as it asked for them. */
export function clientView(provider: object, { audio }: ClientSession): object {
  const { audio: sound = {}, ...rest } = provider as {
    audio?: { input?: { turn_detection?: object | null } };
  };
  const detection = sound.input?.turn_detection;
  const isAnswered = audio?.input?.turn_detection?.create_response ?? true;
  return {
    ...rest,
    instructions: '',
    audio: {
      ...sound,
      input: {
        ...sound.input,
        ...(detection && { turn_detection: { ...detection, create_response: isAnswered } }),
      },
    },
  };
}
