import type { Command } from '../../data-access/commands';

/** What the coach's commands do. */
export interface CoachDeeds {
  talk(): void;
  type(): void;
  toggle(): void;
  lookBack(): void;
  listen(): void;
}

/** The coach's commands with their keys. */
export function coachCommands(deeds: CoachDeeds): Command[] {
  const command = (id: string, name: string, run: () => void, more: Partial<Command> = {}): Command => ({
    id: `coach-${id}`,
    name,
    group: 'Coach',
    run,
    ...more,
  });
  return [
    command(
      'talk',
      'Talk to the coach, hold',
      () => {
        deeds.talk();
      },
      { keys: ['T'] },
    ),
    command(
      'type',
      'Type a question',
      () => {
        deeds.type();
      },
      { keys: ['/'], also: 'coach ask' },
    ),
    command('show', 'Open or close the coach', () => {
      deeds.toggle();
    }),
    command(
      'history',
      'What was said to the coach',
      () => {
        deeds.lookBack();
      },
      {
        also: 'transcript history search',
      },
    ),
    command(
      'hands-free',
      'Microphone on or off',
      () => {
        deeds.listen();
      },
      {
        also: 'coach hands-free listen voice',
      },
    ),
  ];
}
