export { DoneOnce } from './done-once.js';
export { OnceModule } from './once.module.js';
