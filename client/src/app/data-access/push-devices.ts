import { computed, inject, Injectable, signal } from '@angular/core';
import type { EpochMs } from '@libs/bars';
import { sendDelete, sendJson } from './api-request';
import { readJson } from './json-answer';
import { askForNotifications } from './notification-permission';
import { SettingsStore } from './settings-store';

/** A device that is told of alerts while no desk is open. */
interface PushDeviceEntry {
  readonly id: string;
  /** Name by which its owner knows it. */
  readonly device: string;
  readonly created: EpochMs;
}

interface PushState {
  readonly publicKey: string;
  readonly devices: readonly PushDeviceEntry[];
}

/** Where this browser's entry is remembered: only the server knows which of its devices this one is. */
const STORED_AS = 'spotlight.push-device';
const WORKER = '/push-worker.js';
const BROWSERS = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'] as const;
const SYSTEMS = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux'] as const;
const SHOWN_AS: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera', Mac: 'macOS' };

/** Devices that are told of alerts by Web Push, this one among them. Everything rejects with words for readers. */
@Injectable({ providedIn: 'root' })
export class PushDevices {
  private readonly settings = inject(SettingsStore);
  private readonly known = signal<readonly PushDeviceEntry[]>([]);
  private readonly ownId = signal<string | null>(readOwnId());

  readonly all = this.known.asReadonly();
  /** Entry of this browser, `null` where it has none. */
  readonly own = computed(() => this.known().find(({ id }) => id === this.ownId()) ?? null);

  /** Why this browser cannot be told, `null` where it can. */
  readonly obstacle: string | null = obstacleHere();

  async refresh(): Promise<void> {
    this.known.set((await this.ask()).devices);
  }

  /** Has this browser told from now on. */
  async add(): Promise<void> {
    const { isOn, refusal } = await askForNotifications(true);
    if (!isOn) throw new Error(refusal ?? '');
    this.settings.change({ notifications: true });
    const { publicKey } = await this.ask();
    const { endpoint, keys } = await subscribe(publicKey);
    const body = { endpoint, keys, device: deviceName(navigator.userAgent) };
    const { id } = await sendJson<PushDeviceEntry>('POST', '/api/push', body);
    this.keepOwnId(id);
    await this.refresh();
  }

  /** Has a device told no more; this browser gives its subscription up as well. */
  async remove(id: string): Promise<void> {
    await sendDelete(`/api/push/${id}`);
    if (id === this.ownId()) {
      const registration = await navigator.serviceWorker.getRegistration(WORKER);
      await (await registration?.pushManager.getSubscription())?.unsubscribe();
      this.keepOwnId(null);
    }
    await this.refresh();
  }

  private async ask(): Promise<PushState> {
    return readJson<PushState>(await fetch('/api/push'));
  }

  private keepOwnId(id: string | null): void {
    this.ownId.set(id);
    try {
      if (id === null) localStorage.removeItem(STORED_AS);
      else localStorage.setItem(STORED_AS, id);
    } catch {
      // Storage is blocked: this browser's entry is not marked as its own after the page is loaded again.
    }
  }
}

/** `Chrome on Android`, of what a browser says of itself. */
export function deviceName(userAgent: string): string {
  const find = (words: readonly string[]): string | undefined => {
    const word = words.find((one) => userAgent.includes(one));
    return word === undefined ? undefined : (SHOWN_AS[word] ?? word);
  };
  const system = find(SYSTEMS);
  return `${find(BROWSERS) ?? 'Browser'}${system === undefined ? '' : ` on ${system}`}`;
}

function readOwnId(): string | null {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}

function obstacleHere(): string | null {
  if (!isSecureContext) return 'Browsers allow it over HTTPS and on this machine alone.';
  if ('serviceWorker' in navigator && 'PushManager' in globalThis) return null;
  return 'This browser has no Web Push. On an iPhone the desk has to be on the home screen.';
}

async function subscribe(publicKey: string): Promise<{ endpoint: string; keys: Record<string, string> }> {
  await navigator.serviceWorker.register(WORKER);
  const { pushManager } = await navigator.serviceWorker.ready;
  const key = bytesOf(publicKey);
  const before = await pushManager.getSubscription();
  // One that was made for another desk, or another database of this one, cannot be used.
  if (before !== null && !isSame(before.options.applicationServerKey, key)) await before.unsubscribe();
  try {
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { endpoint = '', keys = {} } = made.toJSON();
    return { endpoint, keys };
  } catch {
    throw new Error('The browser cannot reach its push service now.');
  }
}

function bytesOf(base64Url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64Url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function isSame(one: ArrayBuffer | null, other: Uint8Array): boolean {
  const bytes = new Uint8Array(one ?? new ArrayBuffer(0));
  return bytes.length === other.length && bytes.every((byte, at) => byte === other[at]);
}
