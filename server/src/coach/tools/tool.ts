import type { Finding, Quotation } from '@libs/coach';
import type { DeskAction } from '@libs/contract';
import type * as z from 'zod';

/** Who asks. */
export interface ToolCaller {
  readonly userId: number;
}

/** What a tool came back with. */
export interface ToolResult {
  /** Figures and words; data in every use of it, never an instruction. */
  readonly finding: Finding | null;
  /** Texts engines of the desk made, which may be repeated word for word. */
  readonly quotations?: readonly Quotation[];
  /** Names a person gave, which may be named in quotation marks. */
  readonly names?: readonly string[];
  /** What the trader's own page is asked to do; only of tools that act. */
  readonly deskAction?: DeskAction;
  /** One sentence: what was done. Only of tools that act. */
  readonly done?: string;
}

/** One thing the coach can do. Its schema is the one source for REST, models and documentation. */
export interface Tool<Schema extends z.ZodType = z.ZodType> {
  /** `get_quote`: lower case, as models call it. */
  readonly name: string;
  readonly summary: string;
  readonly input: Schema;
  /** Whether it changes something: then the trader must agree first. */
  readonly isActing: boolean;
  run(input: z.output<Schema>, caller: ToolCaller): Promise<ToolResult>;
  /** One question to the trader: what would be done. Only of tools that act; throws for what cannot be done. */
  propose?(input: z.output<Schema>): string;
}

/** Ties a tool's code to its schema; as a plain `Tool` the types of both are no longer needed. */
export function defineTool<Schema extends z.ZodType>(tool: Tool<Schema>): Tool {
  return {
    ...tool,
    run: (input, caller) => tool.run(input as z.output<Schema>, caller),
    ...(tool.propose && { propose: (input: unknown) => tool.propose?.(input as z.output<Schema>) ?? '' }),
  };
}
