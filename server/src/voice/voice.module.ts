import { Module } from '@nestjs/common';
import { CoachModule } from '../coach/index.js';
import { UsedTokens } from './door/used-tokens.js';
import { VoiceDoor } from './door/voice-door.js';
import { VoiceTokenController } from './door/voice-token.controller.js';
import { VoiceTokens } from './door/voice-token.service.js';
import { LocalCoach } from './local/local-coach.js';
import { FliteSpeaker, Speaker } from './speech/speaker.js';
import { COACH, VoiceGateway } from './voice.gateway.js';

/** The coach's voice: token, door, gateway, and the coach behind them. */
@Module({
  imports: [CoachModule],
  controllers: [VoiceTokenController],
  providers: [
    { provide: Speaker, useClass: FliteSpeaker },
    LocalCoach,
    { provide: COACH, useExisting: LocalCoach },
    UsedTokens,
    VoiceTokens,
    VoiceDoor,
    VoiceGateway,
  ],
  exports: [VoiceDoor],
})
export class VoiceModule {}
