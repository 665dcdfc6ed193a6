import type { pauseFor } from '../pause.js';

/** Something a vendor's REST service would not do. The message holds neither key nor query. */
export class VendorRestError extends Error {
  constructor(
    message: string,
    /** HTTP status, `null` where no answer came. */
    readonly status: number | null,
  ) {
    super(message);
    this.name = 'VendorRestError';
  }
}

/** What ends a request early: the subscriber of the feed going away. */
export type Lifetime = Parameters<typeof pauseFor>[2] & { readonly closed: boolean };
