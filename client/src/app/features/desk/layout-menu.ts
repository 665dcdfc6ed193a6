import { Component, computed, inject } from '@angular/core';
import { DeskLayout } from '../../data-access/desk-layout';
import { LAYOUT_COUNTS, LINKS, type LayoutCount, type Link } from '../../data-access/settings';
import { Icon } from '../../ui/icon';
import { PopButton } from '../../ui/pop-button';
import { LAYOUT_NAMES, LINK_WORDS } from '../../text/texts';

/** How many charts the desk shows, and what they have in common. */
@Component({
  selector: 'st-layout-menu',
  imports: [Icon, PopButton],
  templateUrl: './layout-menu.html',
  styleUrl: './layout-menu.css',
})
export class LayoutMenu {
  private readonly layout = inject(DeskLayout);

  protected readonly count = this.layout.count;
  protected readonly choices = LAYOUT_COUNTS.map((count) => ({ count, name: LAYOUT_NAMES[count] }));
  protected readonly name = computed(() => LAYOUT_NAMES[this.count()]);
  protected readonly links = computed(() =>
    LINKS.map((link) => ({ link, ...LINK_WORDS[link], isOn: this.layout.links()[link] })),
  );

  protected choose(count: LayoutCount): void {
    this.layout.choose(count);
  }

  protected toggle(link: Link): void {
    this.layout.toggle(link);
  }
}
