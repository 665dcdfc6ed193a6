export { Answers } from './answers.decorator.js';
export { completeDocument } from './complete-document.js';
