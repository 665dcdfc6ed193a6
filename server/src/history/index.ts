export { HistoryModule } from './history.module.js';
export { KnownQuestions } from './known-questions.js';
export { HistoryService } from './history.service.js';
