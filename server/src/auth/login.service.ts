import { Injectable } from '@nestjs/common';
import { OneByOne, QueueFullError } from '../common/one-by-one.js';
import { ProblemException } from '../common/problem.exception.js';
import { AccessGate } from './access-gate.js';
import { OWNER_ID } from './identity.js';
import { LoginThrottle } from './login-throttle.js';
import { waitText, wrongPinText } from './login-words.js';
import { PinService } from './pin.service.js';
import { sessionsOutOfReach, tooMany } from './refusals.js';

/** Tries that may wait for their turn; one that is looked at takes a core for some 30 ms. More are refused unseen. */
const MOST_WAITING = 32;
/** Longest wait that is told; after the hard stop there is no telling. */
const LONGEST_WAIT_S = 3_600;
const PATH = '/api/auth/pin';

/** Takes PINs, one by one: so several right ones at once are not counted against one another. */
@Injectable()
export class LoginService {
  private readonly queue = new OneByOne(MOST_WAITING);

  constructor(
    private readonly gate: AccessGate,
    private readonly throttle: LoginThrottle,
    private readonly pins: PinService,
  ) {}

  /** Resolves where the PIN is right. Rejects with the refusal: 401, 429 while paused, 503 where tries cannot be counted. */
  async check(pin: string, address: string): Promise<void> {
    try {
      await this.queue.run(() => this.checkNext(pin, address));
    } catch (thrown) {
      if (thrown instanceof ProblemException) throw thrown;
      throw thrown instanceof QueueFullError
        ? tooMany('Too many try at once. Wait a moment.', 2)
        : sessionsOutOfReach();
    }
  }

  /** A try is counted before it is looked at. */
  private async checkNext(pin: string, address: string): Promise<void> {
    const found = await this.throttle.take(OWNER_ID, address);
    if (!found.isAllowed) {
      this.gate.securityLog.tell('login_paused', address, PATH);
      throw tooMany(waitText(found), Math.min(LONGEST_WAIT_S, Math.ceil(found.waitMs / 1_000)));
    }
    if (!(await this.pins.isRight(pin))) {
      this.gate.securityLog.tell('login_failed', address, PATH);
      throw new ProblemException({ status: 401, detail: wrongPinText(found) });
    }
    await this.throttle.forgive(OWNER_ID, address);
    this.gate.securityLog.tell('login', address, PATH);
  }
}
