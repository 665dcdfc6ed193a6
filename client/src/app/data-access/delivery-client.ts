import { Injectable } from '@angular/core';
import type { EpochMs } from '@libs/bars';
import { sendDelete, sendJson } from './api-request';
import { readJson } from './json-answer';

/** Where alerts are posted to. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly created: EpochMs;
}

/** What a test came to. */
interface DeliveryTest {
  readonly accepted: boolean;
  /** A status, or why there was none. */
  readonly outcome: string;
}

/** A line of the log of deliveries. */
export interface Delivery {
  readonly id: string;
  readonly target: string;
  readonly signal: string;
  /** Symbol and rule. */
  readonly title: string;
  readonly bar_start: EpochMs;
  readonly state: 'waiting' | 'delivered' | 'failed';
  readonly attempts: number;
  /** When it is tried next, `null` once it is over. */
  readonly due: EpochMs | null;
  readonly tried: EpochMs | null;
  readonly outcome: string | null;
}

/** Lines of the log that are shown. */
const LINES = 20;

/** Where alerts are sent to from the server, and how that went. Everything rejects with the server's words. */
@Injectable({ providedIn: 'root' })
export class DeliveryClient {
  async webhooks(): Promise<Webhook[]> {
    return readJson<Webhook[]>(await fetch('/api/webhooks'));
  }

  addWebhook(url: string): Promise<Webhook & { readonly secret: string }> {
    return sendJson('POST', '/api/webhooks', { url });
  }

  testWebhook(id: string): Promise<DeliveryTest> {
    return sendJson('POST', `/api/webhooks/${id}/test`, {});
  }

  testDevice(id: string): Promise<DeliveryTest> {
    return sendJson('POST', `/api/push/${id}/test`, {});
  }

  removeWebhook(id: string): Promise<void> {
    return sendDelete(`/api/webhooks/${id}`);
  }

  async log(): Promise<Delivery[]> {
    return readJson<Delivery[]>(await fetch(`/api/deliveries?limit=${LINES}`));
  }
}
