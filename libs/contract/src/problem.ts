import * as z from 'zod';

/** The one shape of every error answer: RFC 9457 problem details, `application/problem+json`. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    request_id: z.string().optional(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('one entry for each faulty field'),
    checks: z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .optional()
      .describe('only at /ready: what each check found'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;
