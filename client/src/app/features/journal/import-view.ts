import { Component, computed, inject, signal } from '@angular/core';
import type { ImportFormat } from '@libs/contract';
import { previewRows, UnreadableFileError, type Delimiter, type RowIssue } from '@libs/journal';
import { formatCount, formatSize } from '../../text/format';
import { Icon } from '../../ui/icon';
import { mappingOf, missingIn, type ColumnChoice } from './column-choice';
import type { ImportSeen, MappingsSeen } from './journal-answers';
import { JournalClient, type ReadImport } from './journal-client';
import { dateOf } from './journal-words';

/** Beginning of a file that is looked at to choose its columns. */
const LOOKED_AT_CHARACTERS = 32 * 1024;
const LARGEST_FILE_BYTES = 24 * 1024 * 1024;
const ZONES = [
  'America/New_York',
  'America/Chicago',
  'America/Los_Angeles',
  'Europe/London',
  'Europe/Berlin',
  'Asia/Tokyo',
  'UTC',
] as const;
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
const OTHER = 'other';

const NO_CHOICE: ColumnChoice = {
  name: '',
  delimiter: ',',
  decimalPoint: '.',
  time: '',
  pattern: 'yyyy-MM-dd HH:mm:ss',
  symbol: '',
  side: '',
  buyWord: '',
  sellWord: '',
  quantity: '',
  price: '',
  fee: '',
  fillId: '',
  multiplier: '1',
};

/** A broker's file on its way into the journal. Nothing is written before the report is read. */
@Component({
  selector: 'st-import-view',
  imports: [Icon],
  templateUrl: './import-view.html',
  styleUrl: './import-view.css',
})
export class ImportView {
  private readonly client = inject(JournalClient);

  protected readonly zones = ZONES;
  protected readonly other = OTHER;
  protected readonly mappings = signal<MappingsSeen | null>(null);
  protected readonly file = signal<{
    readonly name: string;
    readonly text: string;
    readonly size: string;
  } | null>(null);
  protected readonly format = signal('');
  protected readonly zone = signal('');
  protected readonly account = signal('main');
  protected readonly currency = signal('USD');
  protected readonly choice = signal<ColumnChoice>(NO_CHOICE);
  protected readonly busy = signal<string | null>(null);
  protected readonly fault = signal<string | null>(null);
  protected readonly read = signal<ReadImport | null>(null);
  protected readonly refused = signal<readonly RowIssue[]>([]);
  protected readonly done = signal<ImportSeen | null>(null);

  protected readonly isOwn = computed(() => this.format().startsWith('own:'));
  protected readonly rows = computed(() => this.lookedAt()?.rows ?? []);
  protected readonly columns = computed(() =>
    (this.rows().find((row) => row.length > 2) ?? [])
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );
  /** The question that is still open, and holds the button back. */
  protected readonly open = computed(() => {
    if (this.file() === null) return 'Choose the file first.';
    if (this.format() === '') return 'Say which broker it comes from.';
    if (this.format() === OTHER) {
      const missing = missingIn(this.choice());
      if (missing !== null) return missing;
    }
    if (!this.isOwn() && this.zone() === '') return 'The file does not say which zone, and we do not guess.';
    return null;
  });
  protected readonly report = computed(() => {
    const counts = this.read()?.seen.counts ?? null;
    if (counts === null) return null;
    const parts = [
      `${formatCount(counts.added)} new fills`,
      `${formatCount(counts.known)} already here`,
      `${formatCount(counts.refused)} refused`,
    ];
    if (counts.changed > 0)
      parts.push(`${formatCount(counts.changed)} changed by the broker and left as they are`);
    if (counts.skipped > 0) parts.push(`${formatCount(counts.skipped)} rows that are no executions`);
    if (counts.notesAdded > 0) parts.push(`${formatCount(counts.notesAdded)} new notes`);
    return { words: `${parts.join(', ')}.`, isNew: counts.added + counts.notesAdded > 0, counts };
  });
  protected readonly sample = computed(() =>
    (this.read()?.seen.sample ?? []).map(({ id, atMs, symbol, side, quantity, price, fee }) => ({
      id,
      at: `${dateOf(atMs)} ${new Date(atMs).toISOString().slice(11, 19)} UTC`,
      what: `${side === 'buy' ? 'Bought' : 'Sold'} ${quantity} ${symbol} at ${price}`,
      fee,
    })),
  );

  private readonly lookedAt = computed(() => {
    const file = this.file();
    if (file === null || this.format() !== OTHER) return null;
    return firstRows(file.text);
  });

  constructor() {
    void this.client.mappings().then(
      (mappings) => {
        this.mappings.set(mappings);
      },
      (error: unknown) => {
        this.fault.set(wordsOf(error));
      },
    );
  }

  protected async take(event: Event): Promise<void> {
    const file = (event.target as HTMLInputElement).files?.[0];
    this.read.set(null);
    this.done.set(null);
    this.fault.set(null);
    if (file === undefined) return;
    if (file.size > LARGEST_FILE_BYTES) {
      this.fault.set(`The file has ${formatSize(file.size)}. Export a shorter time and import the parts.`);
      return;
    }
    this.file.set({ name: file.name, text: await file.text(), size: formatSize(file.size) });
  }

  protected set(field: 'format' | 'zone' | 'account' | 'currency', event: Event): void {
    this[field].set((event.target as HTMLInputElement).value.trim());
    this.read.set(null);
  }

  protected choose(field: keyof ColumnChoice, event: Event): void {
    const { value } = event.target as HTMLInputElement;
    const delimiter = this.lookedAt()?.delimiter ?? ',';
    this.choice.update((choice) => ({ ...choice, [field]: value, delimiter }));
    this.read.set(null);
  }

  protected async look(): Promise<void> {
    const file = this.file();
    if (file === null || this.open() !== null) return;
    await this.working('Reading', async () => {
      const format = await this.formatChosen();
      const order = {
        fileName: file.name,
        format,
        account: this.account() === '' ? 'main' : this.account(),
        currency: this.currency() === '' ? 'USD' : this.currency(),
        ...(this.isOwn() ? {} : { zone: this.zone() }),
      };
      const read = await this.client.read(order, file.text, (share) => {
        this.busy.set(share < 1 ? `Sending ${Math.round(share * 100)}%` : 'Reading');
      });
      this.refused.set((read.seen.counts?.refused ?? 0) > 0 ? await this.client.refused(read.seen.id) : []);
      this.read.set(read);
    });
  }

  protected async commit(): Promise<void> {
    const read = this.read();
    if (read === null) return;
    await this.working('Importing', async () => {
      this.done.set(await this.client.commit(read));
      this.read.set(null);
    });
  }

  protected async undo(): Promise<void> {
    const done = this.done();
    if (done === null) return;
    await this.working('Undoing', async () => {
      await this.client.undoImport(done.id);
      this.done.set({ ...done, state: 'undone' });
    });
  }

  protected async redo(): Promise<void> {
    const done = this.done();
    if (done === null) return;
    await this.working('Bringing back', async () => {
      this.done.set({ ...done, ...(await this.client.redoImport(done.id)) });
    });
  }

  private async formatChosen(): Promise<ImportFormat> {
    const [kind = '', ...rest] = this.format().split(':');
    const name = rest.join(':');
    if (kind === 'preset') return { preset: name };
    if (kind === 'saved') return { saved: name };
    if (kind === 'own') return { own: name === 'csv' ? 'csv' : 'json' };
    const mapping = mappingOf(this.choice());
    await this.client.saveMapping(mapping.name, mapping);
    this.mappings.set(await this.client.mappings());
    return { saved: mapping.name };
  }

  private async working(words: string, task: () => Promise<void>): Promise<void> {
    if (this.busy() !== null) return;
    this.busy.set(words);
    this.fault.set(null);
    try {
      await task();
    } catch (error) {
      this.fault.set(wordsOf(error));
    } finally {
      this.busy.set(null);
    }
  }
}

/** First rows of a file, cut by whichever delimiter gives the most cells. */
function firstRows(text: string): { rows: readonly (readonly string[])[]; delimiter: Delimiter } {
  const beginning = text.slice(0, LOOKED_AT_CHARACTERS);
  const whole =
    beginning.length < text.length ? beginning.slice(0, beginning.lastIndexOf('\n') + 1) : beginning;
  const widthOf = (rows: readonly (readonly string[])[]): number =>
    Math.max(0, ...rows.map((row) => row.length));
  let best: { rows: readonly (readonly string[])[]; delimiter: Delimiter } = { rows: [], delimiter: ',' };
  for (const delimiter of DELIMITERS) {
    try {
      const rows = previewRows(whole, delimiter);
      if (widthOf(rows) > widthOf(best.rows)) best = { rows, delimiter };
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
    }
  }
  return best;
}

function wordsOf(error: unknown): string {
  return error instanceof Error && !(error instanceof TypeError)
    ? error.message
    : 'The server does not answer.';
}
