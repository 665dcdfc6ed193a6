import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app';
import { appConfig } from './app.config';

/** Starts the framework and with it the desk. */
export function startDesk(): void {
  bootstrapApplication(App, appConfig).catch((error: unknown) => {
    // Nothing is on the page that could say it.
    throw error;
  });
}
