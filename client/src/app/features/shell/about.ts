import { Component, inject, signal, viewChild, type ElementRef } from '@angular/core';
import { SessionStore } from '../../data-access/session-store';
import { PIN_TEXTS } from '../../text/texts';

/** Whose work is in this page, with the notices their licences ask for. */
@Component({
  selector: 'st-about',
  template: `
    <dialog #dialog aria-labelledby="about-title">
      <h2 id="about-title">Spotlight Trader</h2>
      <p>A self-hosted trading desk, under the MIT licence.</p>
      <h3>Charts</h3>
      <p>
        TradingView Lightweight Charts&trade;<br />
        Copyright (c) 2025 TradingView, Inc.
        <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer"
          >https://www.tradingview.com/</a
        >
      </p>
      <h3>Typeface</h3>
      <p>IBM Plex Sans, copyright 2017 IBM Corp., SIL Open Font License 1.1.</p>
      @if (hasLogin()) {
        <h3>{{ texts.session }}</h3>
        <p class="session">
          <button type="button" class="btn" (click)="leave(false)">{{ texts.leave }}</button>
          <button type="button" class="btn" (click)="leave(true)">{{ texts.leaveEverywhere }}</button>
        </p>
        <p role="alert">{{ fault() }}</p>
      }
      <form method="dialog"><button class="btn strong">Close</button></form>
    </dialog>
  `,
  styleUrl: './about.css',
})
export class About {
  private readonly session = inject(SessionStore);
  protected readonly texts = PIN_TEXTS;
  protected readonly hasLogin = this.session.hasLogin;
  protected readonly fault = signal('');
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  /** Shows it over the desk; the browser brings the focus back afterwards. */
  open(): void {
    this.fault.set('');
    this.dialog().nativeElement.showModal();
  }

  protected async leave(everywhere: boolean): Promise<void> {
    if (await this.session.leave(everywhere)) this.dialog().nativeElement.close();
    else this.fault.set(PIN_TEXTS.leaveFailed);
  }
}
