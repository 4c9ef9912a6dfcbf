/** What the visitor has told us about themselves in the conversation. */
import type { Conversation } from '../app/conversation';

/** Empty where nothing is known. An address that the visitor did not want to be kept is not suggested. */
export function knownVisitor({ items }: Conversation): { name: string; email: string } {
  const contact = items.find((item) => item.kind === 'contact');
  const person = items.findLast((item) => item.kind === 'person');
  const found = items.findLast((item) => 'recognized' in item && item.recognized?.email);
  const recognized = found && 'recognized' in found && !contact?.declined ? found.recognized?.email : undefined;
  return {
    name: contact?.name ?? person?.name ?? '',
    email: contact?.email ?? person?.email ?? recognized ?? '',
  };
}
