import type { ClientSession } from '@libs/contract';
import type { CoachLink, CoachListener } from '../coach-link.port.js';
import type { ProviderTalk } from './openai-desk.js';

/** The coach inside goes on in the provider's place, beginning with what was asked last. */
export function goOnLocally(
  { desk, caller, said }: ProviderTalk,
  session: ClientSession,
  listener: CoachListener,
): CoachLink {
  // The client has a session and knows what it asked: it is not told again.
  let isNew = true;
  const local = desk.local.open(
    {
      onEvent: (event) => {
        if (!isNew) listener.onEvent(event);
      },
      onEnd: (reason) => {
        listener.onEnd(reason);
      },
    },
    caller,
  );
  local.send({ type: 'session.update', session });
  local.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: said.lastOfTrader }] },
  });
  isNew = false;
  local.send({ type: 'response.create' });
  return local;
}
