/** Who answers the visitor: the assistant or a person. */
import type { Conversation } from './conversation';

/** The visitor waits for a person; with a name, the person is there. */
export interface Turn {
  repId?: string;
  name?: string;
}

/**
 * Undefined while the assistant answers. Who asks while nobody is there gets an e-mail, and does not wait.
 * @param position The place in the queue, if there is one.
 */
export function turnOf({ items }: Conversation, position?: number | null): Turn | undefined {
  const last = items.findLast((item) => item.kind === 'people' || item.kind === 'person');
  if (last?.kind !== 'people') return last && (last.present || position) ? {} : undefined;
  const { event } = last;
  if (event.kind === 'person_left') return event.reason === 'transferred' ? {} : undefined;
  return event.kind === 'assistant_chosen' ? undefined : event;
}
