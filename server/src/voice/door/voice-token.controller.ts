import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { voiceTokenSchema, type VoiceToken } from '@libs/contract';
import type { Request } from 'express';
import { Answers } from '../../api-docs/index.js';
import { AccessGate, CurrentUser, type Identity } from '../../auth/index.js';
import { VOICE_PATH } from './voice-door.js';
import { VoiceTokens } from './voice-token.service.js';

/** Where a page gets what it shows at the voice socket. */
@ApiTags('coach')
@Controller('api/voice')
export class VoiceTokenController {
  constructor(
    private readonly tokens: VoiceTokens,
    private readonly gate: AccessGate,
  ) {}

  @Post('token')
  @HttpCode(200)
  @ApiOperation({ summary: 'A token for one voice connection within the next minute, bound to this session' })
  @Answers(voiceTokenSchema, { description: 'The token, and where to connect' })
  async make(@CurrentUser() identity: Identity, @Req() request: Request): Promise<VoiceToken> {
    const { isSecure, host } = this.gate.sourceOf(request);
    const { token, expiresAt } = await this.tokens.make(identity);
    return { token, expiresAt, url: `${isSecure ? 'wss' : 'ws'}://${host}${VOICE_PATH}` };
  }
}
