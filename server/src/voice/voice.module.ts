import { Module } from '@nestjs/common';
import { CoachModule } from '../coach/index.js';
import { UsedTokens } from './door/used-tokens.js';
import { VoiceDoor } from './door/voice-door.js';
import { VoiceTokenController } from './door/voice-token.controller.js';
import { VoiceTokens } from './door/voice-token.service.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import type { Coach } from './coach-link.port.js';
import { LocalCoach } from './local/local-coach.js';
import { CostBook } from './openai/cost-book.js';
import { CostMeter } from './openai/cost-meter.js';
import { OpenAiCoach } from './openai/openai-coach.js';
import { FliteSpeaker, Speaker } from './speech/speaker.js';
import { TranscriptBook } from './transcripts/transcript-book.js';
import { TranscriptsController } from './transcripts/transcripts.controller.js';
import { COACH, VoiceGateway } from './voice.gateway.js';

/** The coach's voice: token, door, gateway, and the coach behind them. */
@Module({
  imports: [CoachModule],
  controllers: [VoiceTokenController, TranscriptsController],
  providers: [
    { provide: Speaker, useClass: FliteSpeaker },
    LocalCoach,
    CostBook,
    CostMeter,
    OpenAiCoach,
    {
      provide: COACH,
      inject: [ENV, LocalCoach, OpenAiCoach],
      useFactory: (env: Env, local: LocalCoach, openAi: OpenAiCoach): Coach =>
        usesOpenAi(env) ? openAi : local,
    },
    TranscriptBook,
    UsedTokens,
    VoiceTokens,
    VoiceDoor,
    VoiceGateway,
  ],
  exports: [VoiceDoor],
})
export class VoiceModule {}

/** Without a key nothing is ever connected to. */
function usesOpenAi({ COACH: coach, OPENAI_API_KEY: key }: Env): boolean {
  return coach !== 'local' && key !== undefined;
}
