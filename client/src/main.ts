import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { appConfig } from './app/app.config';
import { applyTheme, readTheme } from './app/data-access/theme';
import { prefetchFirstBars } from './app/data-access/first-bars';

// Before the framework starts: the right colours, and the bars on their way.
applyTheme(readTheme());
prefetchFirstBars();

bootstrapApplication(App, appConfig).catch((error: unknown) => {
  console.error(error);
});
