import * as z from 'zod';

const number = z.number();

/** A tool of the coach. */
export const toolDescriptionSchema = z
  .object({
    name: z.string(),
    summary: z.string(),
    isActing: z.boolean().describe("whether it changes something and needs the trader's word"),
    parameters: z.looseObject({}).describe('JSON Schema of its input'),
  })
  .meta({ id: 'Tool' });

const factSchema = z
  .object({
    tags: z.array(z.string()).describe('what it is called in a sentence'),
    kind: z.enum(['level', 'distance', 'change']),
    scope: z.enum(['bar', 'day', 'prior', 'premarket', 'range', 'none']),
    unit: z.enum(['price', 'percent', 'index', 'volume', 'multiple', 'r', 'count', 'instant', 'span']),
    value: number,
    decimals: z.number().int(),
    noun: z.string().optional().describe('what is counted'),
    symbol: z.string().nullable(),
    calendar: z.string().optional().describe('zone in which an instant is told'),
    asOfMs: z.number().describe('when it was true, UTC epoch milliseconds'),
    goodForMs: number.nullable().describe('for how long it may be spoken of as the present'),
    source: z.looseObject({ kind: z.string() }),
  })
  .meta({ id: 'Fact' });

/** Answer of `POST /tools/{name}`: what a tool found, and every figure of it that may be spoken. */
export const toolAnswerSchema = z
  .object({
    finding: z
      .looseObject({ kind: z.string() })
      .nullable()
      .describe('what was found; kind says which fields there are'),
    facts: z.array(factSchema),
    now: z.number().describe('what time it is on the desk, UTC epoch milliseconds'),
  })
  .meta({ id: 'ToolAnswer' });
