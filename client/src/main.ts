import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { appConfig } from './app/app.config';
import { applyTheme, readTheme } from './app/data-access/theme';
import { sendFirstRequests } from './app/data-access/first-requests';

// Before the framework starts: the right colours, and the bars and symbols on their way.
applyTheme(readTheme());
sendFirstRequests();

bootstrapApplication(App, appConfig).catch((error: unknown) => {
  reportError(error);
});
