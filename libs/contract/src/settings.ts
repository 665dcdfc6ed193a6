import * as z from 'zod';
import { timeframeSchema } from './bars.js';
import { SYMBOL_PATTERN } from './symbols.js';

/** Bounds of what a user may choose. */
const MOST_INDICATORS = 8;
const MOST_HOTKEYS = 200;
const MOST_CHARTS = 4;

const key = z.string().min(1).max(20);
const percent = z.number().int().min(0).max(100);
const minuteOfDay = z.number().int().min(0).max(1_439);

const chartSchema = z.strictObject({ symbol: z.string().regex(SYMBOL_PATTERN), timeframe: timeframeSchema });

/** What a user chooses about the desk, all of it. Fields are only ever added, each with a default. */
export const deskSettingsSchema = z
  .strictObject({
    schema: z.literal(1).describe('of this document'),
    theme: z.enum(['auto', 'dark', 'light', 'contrast']).describe('auto follows the system'),
    updown: z.enum(['teal-coral', 'blue-red', 'ink', 'classic']).describe('colours of up and down'),
    density: z.enum(['comfortable', 'compact']),
    zone: z.enum(['exchange', 'local', 'utc']).describe('whose clock times are told by'),
    hours: z.enum(['regular', 'extended', 'all']).describe('which bars a chart of minutes shows'),
    chartStyle: z.enum(['candles', 'bars', 'line', 'area', 'heikin-ashi']),
    indicators: z
      .array(
        z.strictObject({ kind: z.string().min(1).max(40), values: z.array(z.number().positive()).max(8) }),
      )
      .max(MOST_INDICATORS)
      .describe('in the order they were added'),
    layout: z.union([z.literal(1), z.literal(2), z.literal(4)]).describe('charts shown at a time'),
    links: z
      .strictObject({
        symbol: z.boolean(),
        timeframe: z.boolean(),
        crosshair: z.boolean(),
        range: z.boolean(),
      })
      .describe('what the charts of a layout have in common'),
    charts: z.array(chartSchema).max(MOST_CHARTS).describe('what each place of a layout shows'),
    sound: z.boolean().describe('whether anything is heard'),
    volume: percent,
    cues: z
      .strictObject({ signal: z.boolean(), attention: z.boolean(), well: z.boolean(), bar: z.boolean() })
      .describe('what is heard: a signal, trouble, its end, the end of a bar'),
    quietHours: z
      .strictObject({ from: minuteOfDay, to: minuteOfDay })
      .nullable()
      .describe('minutes of the day on the clock of the device; over midnight where to is before from'),
    notifications: z.boolean().describe('whether the browser tells of signals'),
    citationLight: z.boolean().describe('whether bars the coach speaks of are lit on the chart'),
    dictation: z.boolean().describe('whether the browser writes down what is said to the coach'),
    callOuts: z.boolean().describe('whether the coach speaks of signals by itself'),
    hasSeenTour: z.boolean(),
    watchlist: z.string().max(64).describe('id of the list that is shown; empty for everything followed'),
    watchSort: z
      .strictObject({ by: z.enum(['symbol', 'rvol', 'change', 'price']), isDescending: z.boolean() })
      .nullable(),
    tapeSizeFrom: z.number().min(0).max(1_000_000_000).describe('smaller trades are not on the tape'),
    start: chartSchema.nullable().describe('what the desk opens with; null for what was shown last'),
    hotkeys: z
      .record(z.string().min(1).max(80), z.array(key).max(2))
      .refine((hotkeys) => Object.keys(hotkeys).length <= MOST_HOTKEYS, `at most ${MOST_HOTKEYS} keys`)
      .describe('keys by command, where they are not the usual ones; none for no key'),
  })
  .meta({ id: 'DeskSettings' });
export type DeskSettings = z.infer<typeof deskSettingsSchema>;

/** Body of `PUT /api/settings`: the version it changes (0 for none yet), and everything as it shall be. */
export const settingsChangeSchema = z
  .strictObject({
    version: z.number().int().min(0).describe('the version this changes; 0 before there is any'),
    settings: deskSettingsSchema,
  })
  .meta({ id: 'SettingsChange' });
export type SettingsChange = z.infer<typeof settingsChangeSchema>;

/** Answer of `GET /api/settings`. */
export const keptSettingsSchema = z
  .object({
    version: z.number().int().min(0).describe('rises by one with every change; 0 before the first'),
    settings: deskSettingsSchema.partial().nullable().describe('null before the first change'),
  })
  .meta({ id: 'KeptSettings' });
export type KeptSettings = z.infer<typeof keptSettingsSchema>;
