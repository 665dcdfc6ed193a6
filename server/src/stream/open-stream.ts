import type { Response } from 'express';
import type { ResumeRequest, Topics } from './resume.js';

/** What a client asks for, and where its stream goes. */
export interface OpenStream extends ResumeRequest, Topics {
  readonly response: Response;
}
