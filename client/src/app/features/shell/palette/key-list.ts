import {
  afterNextRender,
  Component,
  computed,
  type ElementRef,
  inject,
  output,
  viewChild,
} from '@angular/core';
import { Commands } from '../../../data-access/commands';

/** Keys that belong to a part of the page and are no commands. */
const HELD = [
  { name: 'Find or do', keys: ['Ctrl', 'K'] },
  { name: 'Read single bars of the chart', keys: ['\u2190', '\u2192'] },
  { name: 'Table of the bars in view', keys: ['B'] },
  { name: 'Save the rule', keys: ['Ctrl', 'S'] },
  { name: 'Silence the coach, else close what is open', keys: ['Esc'] },
] as const;

/** Every key of the desk. */
@Component({
  selector: 'st-key-list',
  template: `
    <dialog #dialog closedby="any" aria-labelledby="keys-title" (close)="closed.emit()">
      <h2 id="keys-title">Keys</h2>
      <div class="groups">
        @for (group of groups(); track group.title) {
          <section>
            <h3>{{ group.title }}</h3>
            <dl>
              @for (row of group.rows; track row.name) {
                <div>
                  <dt>{{ row.name }}</dt>
                  <dd>
                    @for (key of row.keys; track $index) {
                      <kbd>{{ key }}</kbd>
                    }
                  </dd>
                </div>
              }
            </dl>
          </section>
        }
      </div>
      <form method="dialog"><button class="btn strong">Close</button></form>
    </dialog>
  `,
  styleUrl: './key-list.css',
})
export class KeyList {
  readonly closed = output();
  private readonly commands = inject(Commands);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  protected readonly groups = computed(() => {
    const groups = new Map<string, { name: string; keys: readonly string[] }[]>();
    for (const { group, name, keys } of this.commands.all()) {
      if (keys === undefined || keys.length === 0) continue;
      groups.set(group, [...(groups.get(group) ?? []), { name, keys }]);
    }
    const rows = [...groups].map(([title, found]) => ({ title, rows: found }));
    return [...rows, { title: 'Where they belong', rows: [...HELD] }];
  });

  constructor() {
    afterNextRender(() => {
      this.dialog().nativeElement.showModal();
    });
  }
}
