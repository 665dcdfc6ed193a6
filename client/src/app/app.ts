import { Component, computed, inject, linkedSignal } from '@angular/core';
import { SessionStore } from './data-access/session-store';
import { Desk } from './features/desk/desk';
import { PinScreen } from './features/pin/pin-screen';

/** The page: the desk, behind the PIN where there is one. Locked later, the desk stays as it is, unseen. */
@Component({
  selector: 'st-root',
  imports: [Desk, PinScreen],
  template: `
    @if (isLocked()) {
      <st-pin-screen />
    }
    @if (wasOpened()) {
      <st-desk [hidden]="isLocked()" />
    }
  `,
})
export class App {
  protected readonly isLocked = inject(SessionStore).isLocked;
  protected readonly wasOpened = linkedSignal<boolean, boolean>({
    source: computed(() => !this.isLocked()),
    computation: (isOpen, before) => isOpen || (before?.value ?? false),
  });
}
