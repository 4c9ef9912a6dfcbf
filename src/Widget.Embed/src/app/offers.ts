/** What the panel shows below an answer: offers below the latest one, and the question whether to keep the visitor's address. */
import { lastMessage, type AssistantItem, type ContactItem, type Conversation, type Item } from './conversation';
import type { Contact, Offer } from './events';
import { locale } from './i18n';

/** The question whether to keep an address, below an answer, a message to a person, or what was said in a call. */
export interface ContactQuestion extends Contact {
  /** The seq of the event below which it is asked. */
  seq: number | undefined;
}

/**
 * The address to ask for; undefined if there is none, it has been kept, or the visitor has declined. Without an e-mail address and a phone
 * number, the visitor enters one.
 * @param opened The seq of the answer below which the visitor wants to leave an address.
 */
export function contactQuestion({ items }: Conversation, opened?: number): ContactQuestion | undefined {
  const kept = items.find((item): item is ContactItem => item.kind === 'contact');
  if (kept?.declined) return undefined;
  let question: ContactQuestion | undefined;
  for (const item of items) {
    if ('recognized' in item) {
      const { recognized, seq } = item;
      const email = recognized?.email !== kept?.email ? recognized?.email : undefined;
      const phone = recognized?.phone !== kept?.phone ? recognized?.phone : undefined;
      if (email || phone) question = { seq, email: email ?? question?.email, phone: phone ?? question?.phone };
      else if (opened && seq === opened) question ??= { seq };
      // The visitor has left an address since.
    } else if (leavesAddress(item)) question = undefined;
  }
  return question;
}

/** The offers below an answer. Only the latest answer has any. */
export function offersBelow(conversation: Conversation, answer: AssistantItem): Offer[] {
  if (lastMessage(conversation) !== answer) return [];
  const { items } = conversation;
  const hasContact = items.some(leavesAddress) || contactQuestion(conversation);
  const isBooked = items
    .slice(items.indexOf(answer))
    .some((item) => item.kind === 'meeting' && item.state !== 'cancelled');
  return (answer.offers ?? []).filter((offer) =>
    offer === 'contact' ? !hasContact : !isBooked || (offer !== 'booking' && offer !== 'demo'),
  );
}

/** The addresses, in a sentence; empty if there are none. They are written from left to right in every language. */
export function addresses({ email, phone }: Contact): string {
  const list = [email, phone].flatMap((address) => (address ? [`\u2066${address}\u2069`] : []));
  return new Intl.ListFormat(locale.value).format(list);
}

/** Also declined: the visitor is not asked again. */
function leavesAddress(item: Item): boolean {
  return item.kind === 'contact' || item.kind === 'meeting' || (item.kind === 'person' && !!item.email);
}
