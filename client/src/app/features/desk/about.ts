import { Component, viewChild, type ElementRef } from '@angular/core';

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
      <form method="dialog"><button class="btn strong">Close</button></form>
    </dialog>
  `,
  styleUrl: './about.css',
})
export class About {
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  /** Shows it over the desk; the browser brings the focus back afterwards. */
  open(): void {
    this.dialog().nativeElement.showModal();
  }
}
