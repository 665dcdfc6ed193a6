import { Component, ElementRef, inject, input, signal, viewChild } from '@angular/core';

/**
 * A quiet button of a toolbar that opens a panel under it; on a phone the panel rises from below. `button` fills the button,
 * everything else the panel. Escape closes it and gives the focus back.
 */
@Component({
  selector: 'st-pop-button',
  template: `
    <button
      #button
      type="button"
      class="btn ghost open"
      aria-haspopup="dialog"
      [attr.aria-expanded]="isOpen()"
      (click)="toggle()"
    >
      <ng-content select="[button]" />
    </button>
    @if (isOpen()) {
      <section class="pop" role="dialog" [attr.aria-label]="name()" [style.width.px]="widthPx()">
        <ng-content />
      </section>
    }
  `,
  styleUrl: './pop-button.css',
  host: { '(document:pointerdown)': 'closeOutside($event)', '(keydown.escape)': 'close()' },
})
export class PopButton {
  /** Of the panel. */
  readonly name = input.required<string>();
  readonly widthPx = input(320);

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  private readonly button = viewChild.required<ElementRef<HTMLElement>>('button');
  protected readonly isOpen = signal(false);

  toggle(): void {
    this.isOpen.update((isOpen) => !isOpen);
  }

  protected close(): void {
    if (!this.isOpen()) return;
    this.isOpen.set(false);
    this.button().nativeElement.focus();
  }

  protected closeOutside({ target }: Event): void {
    if (target instanceof Node && !this.host.nativeElement.contains(target)) this.isOpen.set(false);
  }
}
