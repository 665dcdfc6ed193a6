import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { ProblemException } from '../../common/problem.exception.js';
import { Courier, isAccepted, wordsOf } from './courier.js';
import type { DeliveryTest } from './delivery-requests.js';
import { Letters } from './letters.js';
import type { Target } from './target-store.js';

/** Sends tests, one at a time to each target. */
@Injectable()
export class DeliveryTests {
  /** Targets a test is on its way to. */
  private readonly tested = new Set<string>();

  constructor(
    private readonly courier: Courier,
    private readonly letters: Letters,
  ) {}

  /** Sends a test at once, signed or sealed as an alert is. Throws 429 while another one is on its way. */
  async send(target: Target): Promise<DeliveryTest> {
    const { id } = target;
    if (this.tested.has(id))
      throw new ProblemException({
        status: 429,
        detail: 'A test of this is on its way; wait for what comes of it.',
        retryAfterS: 1,
      });
    this.tested.add(id);
    try {
      const letter = await this.letters.ofTest(target, `test:${randomBytes(8).toString('hex')}`);
      const outcome = await this.courier.post(letter);
      return { accepted: isAccepted(outcome), outcome: wordsOf(outcome) };
    } finally {
      this.tested.delete(id);
    }
  }
}
