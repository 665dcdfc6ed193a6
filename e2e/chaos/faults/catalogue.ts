import type { FaultKind } from './fault.js';
import { HOST_FAULTS } from './host-faults.js';
import { POSTGRES_LINE_FAULTS, READER_LINE_FAULTS, REDIS_LINE_FAULTS } from './line-faults.js';
import { POSTGRES_FAULTS } from './postgres-faults.js';
import { REDIS_FAULTS } from './redis-faults.js';
import { SERVER_FAULTS } from './server-faults.js';

/** Every kind of fault there is. */
export const FAULTS: readonly FaultKind[] = [
  ...SERVER_FAULTS,
  ...READER_LINE_FAULTS,
  ...POSTGRES_FAULTS,
  ...POSTGRES_LINE_FAULTS,
  ...REDIS_FAULTS,
  ...REDIS_LINE_FAULTS,
  ...HOST_FAULTS,
];
