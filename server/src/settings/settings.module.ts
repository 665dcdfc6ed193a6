import { Module } from '@nestjs/common';
import { SettingsStore } from './settings-store.js';
import { SettingsController } from './settings.controller.js';

/** What each user chose about the desk. */
@Module({ controllers: [SettingsController], providers: [SettingsStore] })
export class SettingsModule {}
