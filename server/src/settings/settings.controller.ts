import { Body, Controller, Get, Put, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  keptSettingsSchema,
  settingsChangeSchema,
  type KeptSettings,
  type SettingsChange,
} from '@libs/contract';
import { Answers } from '../api-docs/index.js';
import { CurrentUser, type Identity } from '../auth/index.js';
import { ProblemException } from '../common/problem.exception.js';
import { DatabaseAwayInterceptor } from '../persistence/index.js';
import { SettingsStore } from './settings-store.js';

/** What whoever asks chose about the desk, the same on each of their devices. */
@ApiTags('settings')
@ApiResponse({ status: 503, description: 'The database is away; nothing was written' })
@UseInterceptors(DatabaseAwayInterceptor)
@Controller('api/settings')
export class SettingsController {
  constructor(private readonly store: SettingsStore) {}

  @Get()
  @Answers(keptSettingsSchema, { description: 'The settings, and their version' })
  @ApiOperation({ summary: 'The settings of the desk; what is missing is as it is by default' })
  get(@CurrentUser() { userId }: Identity): Promise<KeptSettings> {
    return this.store.get(userId);
  }

  @Put()
  @Answers(keptSettingsSchema, { description: 'The next version' })
  @ApiOperation({ summary: 'All settings, in place of the version the body names' })
  @ApiResponse({ status: 409, description: 'The version named is not the newest any more' })
  async change(
    @CurrentUser() { userId }: Identity,
    @Body({ schema: settingsChangeSchema }) { version, settings }: SettingsChange,
  ): Promise<KeptSettings> {
    const kept = await this.store.change(userId, version, settings);
    if (kept !== null) return kept;
    throw new ProblemException({
      status: 409,
      detail: `Version ${version} is not the newest any more; read the settings again.`,
    });
  }
}
