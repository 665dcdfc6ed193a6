export { JournalModule } from './journal.module.js';
export { JournalNotes, type FoundNote } from './journal-notes.js';
