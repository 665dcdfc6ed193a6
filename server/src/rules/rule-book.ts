import { Injectable, Logger } from '@nestjs/common';
import { compileRule, RuleTextError, type ActiveRule } from '@libs/rules';
import { RuleStore } from './rule-store.js';

/** A rule that is judged, and whose it is. */
export interface OwnedRule extends ActiveRule {
  readonly ownerId: number;
}

/** The rules that are judged, as they stand now. */
@Injectable()
export class RuleBook {
  private readonly logger = new Logger('rules');

  constructor(private readonly rules: RuleStore) {}

  /** A number that is another one after every change, by whichever instance. */
  changeCount(): Promise<number> {
    return this.rules.changeCount();
  }

  /**
   * Enabled rules of a user, or with `null` of all, oldest first. One whose condition is no longer understood is left out,
   * and told of.
   */
  async active(ownerId: number | null): Promise<OwnedRule[]> {
    const stored = await this.rules.current(ownerId);
    return stored.flatMap(({ rule, activeAfterMs, ownerId: owner }): OwnedRule[] => {
      if (!rule.enabled) return [];
      try {
        return [{ compiled: compileRule(rule), activeAfterMs, ownerId: owner }];
      } catch (thrown) {
        if (!(thrown instanceof RuleTextError)) throw thrown;
        this.logger.error(`rule ${rule.id} version ${rule.version} is not judged: ${thrown.message}`);
        return [];
      }
    });
  }
}
