import { signal, type Signal } from '@angular/core';

/** Whether the page matches a media query, followed for as long as the page lives. */
export function mediaMatches(query: string): Signal<boolean> {
  const media = matchMedia(query);
  const matches = signal(media.matches);
  media.addEventListener('change', () => {
    matches.set(media.matches);
  });
  return matches.asReadonly();
}
