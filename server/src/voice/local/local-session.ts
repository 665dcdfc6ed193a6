import { VAD_DEFAULTS, type VadOptions } from '@libs/coach';
import type { ClientSession } from '@libs/contract';

/** How the local coach listens and answers; the shape of `session` in the protocol. */
export class LocalSession {
  modality: 'audio' | 'text' = 'audio';
  createResponse = true;
  interruptResponse = true;
  /** `null`: the client says itself when a turn is over. */
  vad: VadOptions | null = VAD_DEFAULTS;

  constructor(
    readonly id: string,
    private readonly voice: string,
    private readonly tools: readonly object[],
  ) {}

  /** Takes what a client may change. */
  update({ output_modalities: modalities, audio }: ClientSession): void {
    this.modality = modalities?.[0] ?? this.modality;
    const detection = audio?.input?.turn_detection;
    if (detection === null) this.vad = null;
    else if (detection !== undefined) {
      this.vad = {
        ...VAD_DEFAULTS,
        ...(detection.silence_duration_ms !== undefined && {
          silenceMs: Math.max(100, detection.silence_duration_ms),
        }),
      };
      this.createResponse = detection.create_response ?? this.createResponse;
      this.interruptResponse = detection.interrupt_response ?? this.interruptResponse;
    }
  }

  /** The session as events tell it. */
  describe(): object {
    const { id, modality, vad, voice, tools, createResponse, interruptResponse } = this;
    const format = { type: 'audio/pcm', rate: 24_000 };
    return {
      object: 'realtime.session',
      type: 'realtime',
      id,
      model: 'spotlight-local',
      output_modalities: [modality],
      instructions: '',
      tools,
      tool_choice: 'auto',
      max_output_tokens: 'inf',
      tracing: null,
      truncation: 'auto',
      audio: {
        input: {
          format,
          transcription: null,
          noise_reduction: null,
          turn_detection:
            vad === null
              ? null
              : {
                  type: 'server_vad',
                  threshold: vad.threshold,
                  prefix_padding_ms: vad.holdMs,
                  silence_duration_ms: vad.silenceMs,
                  idle_timeout_ms: null,
                  create_response: createResponse,
                  interrupt_response: interruptResponse,
                },
        },
        output: { format, voice, speed: 1 },
      },
    };
  }
}
