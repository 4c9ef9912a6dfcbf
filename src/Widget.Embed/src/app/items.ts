/** What the thread of a conversation shows. */
import type { CallMode } from './call';
import type {
  Attachment,
  Availability,
  Citation,
  Contact,
  EndReason,
  Meeting,
  Offer,
  Outcome,
  PeopleEvent,
  Rating,
  ShownEvent,
  Speaker,
  VoiceEndReason,
} from './events';

interface ItemBase {
  /** When it was added to the log; undefined before that. */
  at?: string;
}

export interface VisitorItem extends ItemBase {
  kind: 'visitor';
  clientId: string;
  text: string;
  /** Undefined until the message is in the log. */
  seq?: number;
  /** Why the server refused the message. */
  refused?: string;
  attachments?: readonly Attachment[] | undefined;
  /** A person has got it, so the assistant does not answer. */
  delivered?: boolean | undefined;
  /** The address in a message to a person. */
  recognized?: Contact | null | undefined;
}

export interface AssistantItem extends ItemBase {
  kind: 'assistant';
  messageId: string;
  text: string;
  attempt: number;
  /** The seq of the question. Undefined until the answer is complete. */
  replyTo?: number;
  /** The client id of the question, if this page has asked it. */
  question?: string | undefined;
  /** While the answer is written, everything it may cite; then what it does cite. */
  citations: Citation[];
  rating: Rating;
  /** Undefined while the answer is written. */
  outcome?: Outcome;
  /** The answer takes longer than usual. */
  slow?: boolean;
  /** What it offers, each once. */
  offers?: Offer[];
  /** The address in the question. */
  recognized?: Contact | null | undefined;
  seq?: number;
}

export interface PersonItem extends ItemBase {
  kind: 'person';
  name?: string | null | undefined;
  email?: string | null | undefined;
  /** The team's hours when the visitor asked. */
  availability?: Availability | null | undefined;
  /** Whether people were there when the visitor asked. */
  present?: boolean | undefined;
  seq: number;
}

/** The addresses that the visitor has left; without one, nothing is shown. */
export interface ContactItem extends ItemBase, Contact {
  kind: 'contact';
  name?: string | null | undefined;
  /** The visitor did not want to leave an address, and is not asked again. */
  declined?: boolean;
  seq: number;
}

export interface MeetingItem extends ItemBase, Meeting {
  kind: 'meeting';
  state: 'booked' | 'rescheduled' | 'cancelled';
  /** Undefined until the meeting is in the log. */
  seq?: number | undefined;
}

/** Spoken in a call. */
export interface SpokenItem extends ItemBase {
  kind: 'spoken';
  speaker: Speaker;
  text: string;
  interrupted: boolean;
  reported?: boolean | undefined;
  /** Typed during the call. */
  typed?: boolean;
  /** The address in what the visitor said. */
  recognized?: Contact | null | undefined;
  seq: number;
}

/** What the assistant looked up in a call. */
export interface SourcesItem extends ItemBase {
  kind: 'sources';
  citations: Citation[];
  seq: number;
}

/** A call has started or ended. */
export interface CallItem extends ItemBase {
  kind: 'call';
  mode: CallMode;
  ended?: { reason: EndReason | VoiceEndReason; seconds: number };
  seq: number;
}

/** A person has joined, written or left. */
export interface PeopleItem extends ItemBase {
  kind: 'people';
  event: PeopleEvent;
  /** What the person has written. */
  text?: string;
  seq: number;
}

/** A demo, prices, or the use of a tool. */
export interface ShownItem extends ItemBase {
  kind: 'shown';
  event: ShownEvent;
  seq: number;
}

export type Item =
  | VisitorItem
  | AssistantItem
  | PersonItem
  | PeopleItem
  | ShownItem
  | ContactItem
  | MeetingItem
  | SpokenItem
  | SourcesItem
  | CallItem;
