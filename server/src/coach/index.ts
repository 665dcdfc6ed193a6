export { CoachModule } from './coach.module.js';
