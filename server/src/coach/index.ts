export { CoachModule } from './coach.module.js';
export { CoachService, type Reply, type SpokenSentence } from './coach.service.js';
export type { Dialog } from './dialog.js';
export { DeskTime } from './tools/desk-time.js';
export { ToolBox } from './tools/tool-box.js';
export { ToolFault } from './tools/tool-fault.js';
export type { ToolCaller } from './tools/tool.js';
