import * as z from 'zod';
import { entryDraftSchema, importFormatSchema } from './journal.js';
import { sessionNameSchema } from './rules.js';

const whole = z.number().int();
const number = z.number();
const epochMs = whole.describe('UTC epoch milliseconds');
/** Numbers of executions and money are texts: nothing is rounded. */
const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);

const fillShape = {
  id: z.string(),
  broker: z.string(),
  account: z.string(),
  brokerFillId: z.string().nullable(),
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  quantity: decimal,
  price: decimal,
  multiplier: decimal,
  fee: decimal.describe('positive is a cost, negative a rebate'),
  currency: z.string(),
  atMs: epochMs,
  precisionMs: whole.describe('the fill happened within [atMs, atMs + precisionMs)'),
  sequence: whole,
};

/** An execution on record. */
export const fillAnswerSchema = z
  .object({
    ...fillShape,
    version: whole.min(1),
    isDeleted: z.boolean(),
    importId: z.string().nullable().describe('the import it came with; null: written by hand'),
  })
  .meta({ id: 'Fill' });

/** One version of an entry. */
export const journalEntrySchema = z
  .object({
    ...entryDraftSchema.shape,
    id: z.string(),
    version: whole.min(1),
    symbol: z.string().nullable(),
    isDeleted: z.boolean(),
    tags: z.array(z.string()),
    atMs: epochMs,
    savedAtMs: epochMs,
  })
  .meta({ id: 'JournalEntry' });

const importCountsSchema = z.object({
  fills: whole.describe('fills the file holds'),
  refused: whole.describe('rows that should be executions and cannot be read'),
  skipped: whole.describe('rows that are no executions'),
  added: whole,
  known: whole.describe('on record already'),
  changed: whole.describe('on record with another content; left alone'),
  notesAdded: whole,
  notesKnown: whole,
  notesChanged: whole,
});

/** How far an import is. */
export const importStateSchema = z
  .object({
    id: z.string(),
    fileName: z.string(),
    format: importFormatSchema,
    state: z.enum(['receiving', 'reading', 'writing', 'done', 'undone']),
    createdAtMs: epochMs,
    receivedParts: whole,
    receivedCharacters: whole,
    progress: whole.describe('fills handled so far while it is being read or written'),
    counts: importCountsSchema.nullable().describe('null before the first preview'),
    failure: z.string().nullable().describe('why the work last asked for came to nothing'),
  })
  .meta({ id: 'ImportState' });

/** The same with the first fills of the file. */
export const shownImportSchema = importStateSchema
  .extend({ sample: z.array(z.object(fillShape)) })
  .meta({ id: 'ShownImport' });

/** A row of a file that gives no fill. */
export const rowIssueSchema = z
  .object({
    line: whole.min(1),
    column: z.string().nullable().describe('header of the cell it is about; null: the row'),
    text: z.string().meta({ description: 'the cell, cut where it is long', example: '12,5,0' }),
    reason: z.string(),
  })
  .meta({ id: 'RowIssue' });

/** A mapping of columns by its name. */
export const namedMappingSchema = z
  .object({
    name: z.string(),
    mapping: z.looseObject({}).describe('as docs/concepts/journal.md describes it'),
  })
  .meta({ id: 'NamedMapping' });

/** Answer of `GET /api/journal/mappings`. */
export const mappingsSchema = z
  .object({ presets: z.array(namedMappingSchema), saved: z.array(namedMappingSchema) })
  .meta({ id: 'Mappings' });

const entrySignalSchema = z.object({
  id: z.string(),
  ruleId: z.string(),
  ruleVersion: whole,
  ruleName: z.string(),
  barStartMs: epochMs,
  explanation: z.string(),
});
const boundsSchema = z
  .object({ low: number, high: number.nullable() })
  .describe('the true value lies between these; null: nothing bounds it');

function knownOr<Shape extends z.ZodType>(value: Shape) {
  return z.union([
    z.object({ value, unknownBecause: z.null() }),
    z.object({ value: z.null(), unknownBecause: z.string() }),
  ]);
}

/** A round trip with everything the desk knows about it. */
export const tradeViewSchema = z
  .object({
    id: z.string(),
    grouping: z.enum(['position', 'lot']),
    broker: z.string(),
    account: z.string(),
    symbol: z.string(),
    currency: z.string(),
    multiplier: decimal,
    direction: z.enum(['long', 'short']),
    openedAtMs: epochMs,
    closedAtMs: epochMs.nullable().describe('null while anything is held'),
    quantity: decimal.describe('units entered in all'),
    openQuantity: decimal,
    entryPrice: decimal,
    exitPrice: decimal.nullable(),
    gross: decimal,
    fees: decimal,
    net: decimal,
    legs: z.array(
      z.object({
        fillId: z.string(),
        role: z.enum(['entry', 'exit']),
        quantity: decimal,
        price: decimal,
        atMs: epochMs,
        precisionMs: whole,
      }),
    ),
    heldMs: whole.nullable(),
    session: z.enum([...sessionNameSchema.options, 'overnight']).nullable(),
    signals: z.array(entrySignalSchema).describe('rules that had signalled shortly before the entry'),
    entry: journalEntrySchema.nullable(),
    risk: z
      .object({ money: number, plannedR: number.nullable(), realisedR: number.nullable() })
      .nullable()
      .describe('by the planned stop of the entry; null without one'),
    excursion: knownOr(
      z.object({
        favourable: boundsSchema,
        adverse: boundsSchema,
        resolutionMs: whole,
        isCovered: z.boolean().describe('whether bars cover the whole trade'),
        timeframe: z.string(),
        favourableR: boundsSchema.nullable(),
        adverseR: boundsSchema.nullable(),
      }),
    ),
    atEntry: knownOr(
      z.object({
        barStartMs: epochMs,
        rvol: number.nullable(),
        levels: z.array(z.object({ name: z.string(), value: number, distance: number })),
      }),
    ),
  })
  .meta({ id: 'Trade' });

/** Answer of `GET /api/journal/day`. */
export const journalDaySchema = z
  .object({
    date: z.string(),
    zone: z.string(),
    fromMs: epochMs,
    toMs: epochMs.describe('exclusive'),
    trades: z.array(tradeViewSchema).describe('held at any moment of the day'),
    fills: z.array(fillAnswerSchema),
    entries: z.array(journalEntrySchema),
    signals: z.array(entrySignalSchema.extend({ symbol: z.string() })),
  })
  .meta({ id: 'JournalDay' });

const intervalSchema = z.object({ low: number, high: number });
const figureSchema = z
  .object({
    value: number.nullable(),
    interval: intervalSchema.nullable().describe('95 %'),
    n: whole.describe('trades it rests on'),
    isSmallSample: z.boolean(),
  })
  .meta({ id: 'Figure' });
const tradeIds = z.array(z.string());

const summarySchema = z
  .object({
    n: whole,
    tradeIds,
    measuredTradeIds: tradeIds.describe('those with a planned stop: what is in R rests on them'),
    winRate: figureSchema,
    profitFactor: figureSchema,
    expectancy: figureSchema,
    expectancyR: figureSchema,
    net: decimal,
    gross: decimal,
    fees: decimal,
    totalR: number.nullable(),
    wins: whole,
    losses: whole,
    scratches: whole,
  })
  .meta({ id: 'TradeSummary' });

/** By what trades are summed up. */
export const TRADE_DIMENSIONS = [
  'hour',
  'weekday',
  'session',
  'setup',
  'rule',
  'tag',
  'symbol',
  'hold-time',
  'direction',
  'adherence',
] as const;

/** Answer of `GET /api/journal/stats`. */
export const journalStatisticsSchema = z
  .object({
    zone: z.string(),
    currency: z.string(),
    currencies: z.array(z.string()).describe('most traded first'),
    lastClosedAtMs: epochMs.nullable(),
    summary: summarySchema,
    breakdowns: z.record(z.enum(TRADE_DIMENSIONS), z.array(summarySchema.extend({ key: z.string() }))),
    equity: z.array(z.object({ atMs: epochMs, tradeId: z.string(), total: decimal, totalR: number })),
    drawdown: z.object({ depth: decimal, tradeIds, recoveredBy: z.string().nullable() }),
    streaks: z.object({
      longestWin: tradeIds,
      longestLoss: tradeIds,
      current: z.object({ kind: z.enum(['win', 'loss', 'none']), tradeIds }),
    }),
    calendar: z.array(z.object({ date: z.string(), net: decimal, tradeIds })),
    distribution: z.array(z.object({ fromR: number, tradeIds })),
  })
  .meta({ id: 'JournalStatistics' });
