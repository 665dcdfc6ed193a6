import { Component, computed, inject } from '@angular/core';
import { RuleDesk } from './rule-desk';
import { versionDiff } from './version-diff';

/** Every version of the open rule with what it changed; the draft first. Choosing one takes its text into the draft. */
@Component({
  selector: 'st-version-list',
  template: `
    @if (rows().length > 0) {
      <section>
        <h3>Versions</h3>
        <ol>
          @for (row of rows(); track row.version) {
            <li>
              <p>
                <b>v{{ row.version }}</b> <span>{{ row.note }}</span>
                @if (row.canTake) {
                  <button type="button" class="btn ghost" (click)="take(row.version)">
                    Take into the draft
                  </button>
                }
              </p>
              @for (line of row.lines; track $index) {
                <code [class]="line.kind"
                  ><span aria-hidden="true">{{ line.kind === 'added' ? '+' : '−' }}</span>
                  <span class="sr-only">{{ line.kind }}</span> {{ line.text }}</code
                >
              }
            </li>
          }
        </ol>
      </section>
    }
  `,
  styleUrl: './version-list.css',
})
export class VersionList {
  private readonly desk = inject(RuleDesk);

  protected readonly rows = computed(() => {
    const versions = this.desk.versions();
    const [newest] = versions;
    const draft = this.desk.draft();
    const rows = versions.map((version, index) => ({
      version: version.version,
      note: index === 0 ? 'in force' : '',
      canTake: index > 0,
      lines: versionDiff(version, versions[index + 1]),
    }));
    if (newest === undefined || draft === null || !this.desk.isChanged()) return rows;
    const next = { ...draft, id: newest.id, version: newest.version + 1 };
    return [
      { version: next.version, note: 'draft', canTake: false, lines: versionDiff(next, newest) },
      ...rows,
    ];
  });

  protected take(version: number): void {
    const found = this.desk.versions().find((one) => one.version === version);
    if (found === undefined) return;
    const { when, timeframe, symbols, cooldownBars, oncePerSession, sessions, severity, explain } = found;
    this.desk.change({ when, timeframe, symbols, cooldownBars, oncePerSession, sessions, severity, explain });
  }
}
