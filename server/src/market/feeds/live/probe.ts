import type { DurationMs } from '@libs/bars';
import type { Clock } from '../../../common/clock.js';
import { messageOf } from '../../../common/errors.js';
import { VendorSocket } from './vendor-socket.js';
import type { SessionDesk, Vendor } from './vendor.port.js';

/** So long a public feed has to accept a subscription. */
const ANSWER_WITHIN_MS = 3_000;
/** So long a feed that answered waits for one that is preferred. */
const HEAD_START_MS = 1_000;

/** The vendor to use, or why there is none: one line for each that was asked. */
export type ProbeResult =
  { readonly vendor: Vendor } | { readonly vendor: undefined; readonly faults: readonly string[] };

/**
 * The first of these vendors that accepts a subscription within three seconds. All are asked at once; one that stands
 * earlier in the list is given a second more than those behind it.
 */
export async function firstToAnswer(vendors: readonly Vendor[], clock: Clock): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const faults: (string | undefined)[] = vendors.map(() => undefined);
    const answered = new Set<number>();
    const cancels: (() => void)[] = [];
    let isDecided = false;
    const decide = (): void => {
      if (isDecided) return;
      isDecided = true;
      for (const cancel of cancels) cancel();
      const best = vendors.find((_vendor, index) => answered.has(index));
      if (best !== undefined) resolve({ vendor: best });
      else
        resolve({
          vendor: undefined,
          faults: vendors.map(({ title }, i) => `${title}: ${faults[i] ?? 'no answer within 3 s'}`),
        });
    };
    const isSettled = (): boolean => {
      const open = vendors.findIndex((_vendor, index) => !answered.has(index) && faults[index] === undefined);
      const first = vendors.findIndex((_vendor, index) => answered.has(index));
      return open === -1 || (first !== -1 && first < open);
    };
    cancels.push(clock.after(ANSWER_WITHIN_MS, decide));
    for (const [index, vendor] of vendors.entries()) {
      const ask = askVendor(vendor, {
        onAnswer: () => {
          answered.add(index);
          if (isSettled()) decide();
          else cancels.push(clock.after(HEAD_START_MS, decide));
        },
        onFault: (reason) => {
          faults[index] ??= reason;
          if (isSettled()) decide();
        },
      });
      cancels.push(ask);
    }
  });
}

/** Subscribes once and reports how it went. Returns what ends it. */
function askVendor(
  vendor: Vendor,
  { onAnswer, onFault }: { onAnswer: () => void; onFault: (reason: string) => void },
): () => void {
  let isOver = false;
  const over = (report: () => void): void => {
    if (isOver) return;
    isOver = true;
    // Not from within the socket's own event.
    queueMicrotask(() => {
      socket.close();
      report();
    });
  };
  const nothing = (): void => undefined;
  const desk: SessionDesk = {
    send: (text) => {
      socket.send(text);
    },
    subscribed: () => {
      over(onAnswer);
    },
    giveUp: (reason) => {
      over(() => onFault(reason));
    },
    coolDown: (_forMs: DurationMs, reason) => {
      over(() => onFault(reason));
    },
    trade: nothing,
    serverTime: nothing,
    toldUpTo: nothing,
    quote: nothing,
    limits: nothing,
    minutes: nothing,
    reject: nothing,
    unknownConditions: nothing,
    added: nothing,
  };
  const session = vendor.openSession(desk, [...vendor.symbols.keys()]);
  const socket = new VendorSocket(vendor.wsUrl, {
    onOpen: () => {
      session.opened();
    },
    onText: (text) => {
      try {
        session.text(text);
      } catch (thrown) {
        over(() => onFault(`it does not speak its protocol (${messageOf(thrown)})`));
      }
    },
    onPong: nothing,
    onEnd: ({ reason }) => {
      over(() => onFault(reason));
    },
  });
  return () => {
    isOver = true;
    socket.close();
  };
}
