import { Component, inject, output, signal } from '@angular/core';
import { wordsOfFailure } from '../../../data-access/api-request';
import { DeliveryClient } from '../../../data-access/delivery-client';
import { PushDevices } from '../../../data-access/push-devices';
import { Icon } from '../../../ui/icon';

/** Which devices are told of alerts while no desk is open, and whether this one is. */
@Component({
  selector: 'st-push-settings',
  imports: [Icon],
  templateUrl: './push-settings.html',
  styleUrl: './delivery-settings.css',
})
export class PushSettings {
  private readonly client = inject(DeliveryClient);
  protected readonly devices = inject(PushDevices);
  protected readonly fault = signal<string | null>(null);
  /** What the last test of a device came to, by its id. */
  protected readonly tests = signal<ReadonlyMap<string, string>>(new Map());
  private turn = 0;
  /** A test was sent or the devices changed. */
  readonly changed = output();

  constructor() {
    void this.attempt(() => this.devices.refresh());
  }

  protected async setOwn(event: Event): Promise<void> {
    const box = event.target as HTMLInputElement;
    const own = this.devices.own();
    await this.attempt(() => (own === null ? this.devices.add() : this.devices.remove(own.id)));
    box.checked = this.devices.own() !== null;
  }

  protected async remove(id: string): Promise<void> {
    await this.attempt(() => this.devices.remove(id));
  }

  protected async test(id: string): Promise<void> {
    this.noteTest(id, 'Sending');
    await this.attempt(async () => {
      const { accepted, outcome } = await this.client.testDevice(id);
      this.noteTest(id, accepted ? `Taken: ${outcome}` : `Not taken: ${outcome}`);
    });
  }

  private async attempt(task: () => Promise<void>): Promise<void> {
    const turn = ++this.turn;
    try {
      await task();
      // What a later one has to say stays.
      if (turn === this.turn) this.fault.set(null);
      this.changed.emit();
    } catch (error) {
      this.fault.set(wordsOfFailure(error));
    }
  }

  private noteTest(id: string, words: string): void {
    this.tests.update((tests) => new Map([...tests, [id, words]]));
  }
}
