export { DiagModule } from './diag.module.js';
