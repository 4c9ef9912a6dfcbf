/** Events and updates about people of the company's team. */
import type { Attachment, EventBase } from './base';
import type { Availability } from './configuration';

/** The visitor has asked for a person, perhaps with their name and e-mail address. */
export interface PersonRequested extends EventBase {
  kind: 'person_requested';
  name?: string | null;
  email?: string | null;
  /** The team's hours when the visitor asked. */
  availability?: Availability | null;
  reason?: string | null;
  /** The assistant has asked for the person. */
  byAssistant?: boolean;
  /** Whether people were there when the visitor asked. */
  present?: boolean;
}

/** Somebody of the company's team. */
interface Rep {
  repId: string;
  name: string;
}

/** A person answers from now on, and the assistant is silent. */
export interface PersonJoined extends EventBase, Rep {
  kind: 'person_joined';
}

export interface PersonMessage extends EventBase, Rep {
  kind: 'person_message';
  messageId: string;
  /** Plain text with line breaks. */
  text: string;
  attachments?: Attachment[];
}

export type LeaveReason = 'returned' | 'closed' | 'transferred' | 'no_reply';

export interface PersonLeft extends EventBase {
  kind: 'person_left';
  /** Null if nobody was there. */
  repId?: string | null;
  name?: string | null;
  reason: LeaveReason;
}

/** The visitor has chosen the assistant again. */
export interface AssistantChosen extends EventBase {
  kind: 'assistant_chosen';
}

/** What happens between the visitor and people of the team. */
export type PeopleEvent = PersonJoined | PersonMessage | PersonLeft | AssistantChosen;

/** What a person does at the moment. It is not in the log. */
export interface Presence {
  /** Ends after 6 seconds, unless it is repeated. */
  typing?: { repId: string; name: string } | null;
  /** The last event that the person has read. */
  readSeq?: number | null;
  /** The visitor's place in the queue, from 1; null if the visitor does not wait. */
  position?: number | null;
}
