/** What answers that hold data carry: the same protection as a page, without a nonce, which only a page can use. */
export const DATA_HEADERS = {
  'Content-Security-Policy': "default-src 'self';object-src 'none';base-uri 'none';frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
} as const;
