import { computed, Injectable, signal } from '@angular/core';

/** What the desk is made of, in the order of its navigation. Each has an address of its own. */
export const VIEWS = ['desk', 'rules', 'signals', 'journal', 'system', 'settings'] as const;
export type View = (typeof VIEWS)[number];

/** Address of a view; the chart's symbol and timeframe stay in the query. */
export function pathOf(view: View): string {
  return view === 'desk' ? '/' : `/${view}`;
}

/** View of an address; the desk for any other. */
export function viewOf(path: string): View {
  const name = path.replace(/^\/|\/$/g, '');
  return VIEWS.find((view) => view === name) ?? 'desk';
}

/**
 * Which view is open. The desk's own page is never taken apart: other views come and go over it, so that coming back
 * shows the same chart at once. The browser's back and forward keys work as everywhere.
 */
@Injectable({ providedIn: 'root' })
export class ViewStore {
  private readonly opened = signal<View>(viewOf(location.pathname));

  readonly view = this.opened.asReadonly();
  readonly isDesk = computed(() => this.opened() === 'desk');

  constructor() {
    addEventListener('popstate', () => {
      this.opened.set(viewOf(location.pathname));
    });
  }

  open(view: View): void {
    if (view === this.opened()) return;
    history.pushState(null, '', pathOf(view) + location.search);
    this.opened.set(view);
  }
}
