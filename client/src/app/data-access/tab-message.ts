/** What tabs say to one another. Everything is heard by every other tab of the browser. */
export type TabMessage =
  /** A tab wants to be brought these series from now on. */
  | { readonly kind: 'want'; readonly tab: string; readonly want: Want }
  | { readonly kind: 'bye'; readonly tab: string }
  /** Another tab has the line now; whoever wants something says it again. */
  | { readonly kind: 'hello' }
  /** Something the line brought, for some of the tabs or for all that have joined (`to` absent). */
  | {
      readonly kind: 'event';
      readonly name: string;
      readonly data: string;
      readonly id: string;
      readonly to?: readonly string[];
    }
  | { readonly kind: 'lost' };

/** What a tab asks of the line. */
export interface Want {
  readonly symbols: readonly string[];
  readonly timeframes: readonly string[];
  /** Symbols whose tape the tab shows. */
  readonly tape: readonly string[];
  /** Id of the newest event the tab has, empty for none. */
  readonly cursor: string;
  /** The URL the tab would open alone. */
  readonly url: string;
}

/** Whether an event stands in the log of the server: its id is a place to go on from. */
export function isLogged(name: string): boolean {
  return name === 'bar' || name === 'alert';
}
