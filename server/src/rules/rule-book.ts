import { Injectable, Logger } from '@nestjs/common';
import { compileRule, RuleTextError, type ActiveRule } from '@libs/rules';
import { RuleStore } from './rule-store.js';

/** The rules that are judged for a user, as they stand now. */
@Injectable()
export class RuleBook {
  private readonly logger = new Logger('rules');

  constructor(private readonly rules: RuleStore) {}

  /** Enabled rules of a user, oldest first. One whose condition is no longer understood is left out, and told of. */
  async active(ownerId: number): Promise<ActiveRule[]> {
    const stored = await this.rules.current(ownerId);
    return stored.flatMap(({ rule, activeAfterMs }): ActiveRule[] => {
      if (!rule.enabled) return [];
      try {
        return [{ compiled: compileRule(rule), activeAfterMs }];
      } catch (thrown) {
        if (!(thrown instanceof RuleTextError)) throw thrown;
        this.logger.error(`rule ${rule.id} version ${rule.version} is not judged: ${thrown.message}`);
        return [];
      }
    });
  }
}
