import { Injectable } from '@nestjs/common';
import { spokenName } from '@libs/coach';
import { JournalNotes } from '../../journal/index.js';
import { TOOL_INPUTS } from './tool-inputs.js';
import { defineTool, type Tool } from './tool.js';

/** The trader's own notes: looked through, and written once the trader agreed. */
@Injectable()
export class JournalTools {
  constructor(private readonly notes: JournalNotes) {}

  get tools(): readonly Tool[] {
    return [
      defineTool({
        name: 'search_notes',
        summary: "The trader's own journal notes, newest first",
        input: TOOL_INPUTS.notes,
        isActing: false,
        run: async ({ words, limit }, { userId }) => {
          // One more than is told shows whether there are more.
          const found = await this.notes.search(userId, words, limit + 1);
          const notes = found
            .slice(0, limit)
            .map(({ id, atMs, symbol, text, setup }) => ({ id, atMs, symbol, text: text || (setup ?? '') }));
          return {
            finding: { kind: 'notes', words, notes, hasMore: found.length > limit },
            names: notes.map(({ text }) => spokenName(text)),
          };
        },
      }),
      defineTool({
        name: 'add_note',
        summary: 'Writes a note into the journal, about this moment; needs the trader’s word',
        input: TOOL_INPUTS.addNote,
        isActing: true,
        propose: ({ text, symbol }) =>
          `Write the note “${spokenName(text)}”${symbol === undefined ? '' : ` on ${symbol}`}?`,
        run: async ({ text, symbol }, { userId }) => {
          await this.notes.add(userId, text, symbol ?? null);
          return { finding: null, done: 'The note is in your journal.' };
        },
      }),
    ];
  }
}
