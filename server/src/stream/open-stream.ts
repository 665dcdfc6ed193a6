import type { Response } from 'express';
import type { ResumeRequest } from './resume.js';
import type { GroupTopics } from './topic-group.js';

/** What a client asks for, and where its stream goes. */
export interface OpenStream extends ResumeRequest, GroupTopics {
  readonly response: Response;
}
