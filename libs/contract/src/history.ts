import * as z from 'zod';
import { sessionNameSchema } from './rules.js';

const whole = z.number().int();

/** Newest price of a symbol. `price`, `size`, `ts` and `age` are `null` before its first trade. */
export const quoteSchema = z
  .object({
    symbol: z.string(),
    price: z.number().nullable(),
    size: z.number().nullable().describe('null where only the newest bar still knows the price'),
    ts: whole.nullable().describe('time of the trade, UTC epoch milliseconds'),
    age: z.number().min(0).nullable().describe('milliseconds since ts, by the clock of the server'),
    source: z.string().describe('name of the feed'),
    session: sessionNameSchema,
    bid: z
      .number()
      .nullable()
      .exactOptional()
      .describe('absent where no quotes come; null where nobody bids'),
    bid_size: z.number().nullable().exactOptional(),
    ask: z.number().nullable().exactOptional(),
    ask_size: z.number().nullable().exactOptional(),
    quote_ts: whole.exactOptional().describe('time of bid and ask, UTC epoch milliseconds'),
    quote_age: z.number().min(0).exactOptional().describe('milliseconds since quote_ts'),
    limit_down: z.number().exactOptional().describe('lowest price it may trade at now, where that is told'),
    limit_up: z.number().exactOptional().describe('highest price it may trade at now'),
    halted_since: whole
      .exactOptional()
      .describe('the exchange has halted its trading; absent while it trades'),
  })
  .meta({ id: 'Quote' });
export type Quote = Readonly<z.infer<typeof quoteSchema>>;

/** What a quote says beside the price. */
export type QuoteBook = Readonly<
  Partial<
    Pick<
      Quote,
      'bid' | 'bid_size' | 'ask' | 'ask_size' | 'quote_ts' | 'limit_down' | 'limit_up' | 'halted_since'
    >
  >
>;

/** SHA-256 over the canonical text of a range of bars, with what the range held. */
export const barsDigestSchema = z
  .object({
    count: whole.min(0).describe('bars in the range'),
    first_seq: whole.nullable().describe('null where the range holds no bar'),
    last_seq: whole.nullable(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe('over one line a bar: seq,o,h,l,c,v with shortest numbers and a line feed'),
  })
  .meta({ id: 'BarsDigest' });
export type BarsDigest = Readonly<z.infer<typeof barsDigestSchema>>;
