import { Injectable } from '@nestjs/common';

/** Whether the process has been asked to stop. Set in the signal handler itself, before anything is torn down. */
@Injectable()
export class Draining {
  private started = false;

  get isDraining(): boolean {
    return this.started;
  }

  start(): void {
    this.started = true;
  }
}
