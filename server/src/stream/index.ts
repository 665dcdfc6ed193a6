export { StreamHub } from './stream-hub.js';
export { StreamModule } from './stream.module.js';
