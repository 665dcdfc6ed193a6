import { Component, inject, signal } from '@angular/core';
import { wordsOfFailure } from '../../../data-access/api-request';
import { DeliveryClient, type Delivery, type Webhook } from '../../../data-access/delivery-client';
import { Icon } from '../../../ui/icon';
import { DeliveryLog } from './delivery-log';
import { PushSettings } from './push-settings';

/** Where alerts are sent to while nobody looks at the desk: devices, webhooks, with a test of each, and the log of what was sent. */
@Component({
  selector: 'st-delivery-settings',
  imports: [DeliveryLog, Icon, PushSettings],
  templateUrl: './delivery-settings.html',
  styleUrl: './delivery-settings.css',
})
export class DeliverySettings {
  private readonly client = inject(DeliveryClient);

  protected readonly webhooks = signal<readonly Webhook[]>([]);
  protected readonly log = signal<readonly Delivery[]>([]);
  protected readonly fault = signal<string | null>(null);
  /** Secret of the one just made; it is never shown again. */
  protected readonly secret = signal<string | null>(null);
  /** What the last test of a webhook came to, by its id. */
  protected readonly tests = signal<ReadonlyMap<string, string>>(new Map());

  private turn = 0;

  constructor() {
    void this.refresh();
  }

  protected async add(event: Event, field: HTMLInputElement): Promise<void> {
    event.preventDefault();
    await this.attempt(async () => {
      const { secret } = await this.client.addWebhook(field.value.trim());
      field.value = '';
      this.secret.set(secret);
    });
  }

  protected async test({ id }: Webhook): Promise<void> {
    this.noteTest(id, 'Sending');
    await this.attempt(async () => {
      try {
        const { accepted, outcome } = await this.client.testWebhook(id);
        this.noteTest(id, accepted ? `Taken: ${outcome}` : `Not taken: ${outcome}`);
      } catch (error) {
        this.noteTest(id, '');
        throw error;
      }
    });
  }

  protected async remove({ id }: Webhook): Promise<void> {
    await this.attempt(() => this.client.removeWebhook(id));
  }

  protected async refresh(): Promise<void> {
    await this.attempt(() => Promise.resolve());
  }

  private async attempt(task: () => Promise<void>): Promise<void> {
    const turn = ++this.turn;
    try {
      await task();
      const [webhooks, log] = await Promise.all([this.client.webhooks(), this.client.log()]);
      this.webhooks.set(webhooks);
      this.log.set(log);
      // What a later one has to say stays.
      if (turn === this.turn) this.fault.set(null);
    } catch (error) {
      this.fault.set(wordsOfFailure(error));
    }
  }

  private noteTest(id: string, words: string): void {
    this.tests.update((tests) => new Map([...tests, [id, words]]));
  }
}
