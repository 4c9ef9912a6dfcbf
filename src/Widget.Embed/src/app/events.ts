/** The API's records, as Widget.Contracts defines them. */
import type { Attachment, Citation, Contact, EventBase } from './records/base';
import type {
  CallCreated,
  CallEnded,
  CallJoined,
  KnowledgeShown,
  Utterance,
  UtterancesChecked,
  VoiceEnded,
  VoiceStarted,
  VoiceUpdate,
} from './records/calls';
import type { PeopleEvent, PersonRequested, Presence } from './records/people';
import type {
  ContactDeclined,
  ContactGiven,
  MeetingBooked,
  MeetingCancelled,
  MeetingRescheduled,
  ShownEvent,
} from './records/selling';

export type { Attachment, Citation, Contact } from './records/base';
export type * from './records/calls';
export type * from './records/configuration';
export type * from './records/people';
export type * from './records/selling';
export type * from './records/session';

export type Outcome = 'answered' | 'quoted' | 'suggested' | 'not_found' | 'stopped' | 'failed';
export type Rating = 'none' | 'up' | 'down';
/** Why a visitor rated an answer down. */
export type RatingReason = 'wrong' | 'incomplete' | 'unclear' | 'other';
/** What the visitor's message asks for: a person, to leave an address, a meeting, a price, to see the product. */
export type Offer = 'person' | 'contact' | 'booking' | 'pricing' | 'demo';

export interface VisitorMessage extends EventBase {
  kind: 'visitor_message';
  text: string;
  attachments?: Attachment[];
  /** Found in a message to a person. Nothing is kept until the visitor agrees. */
  recognized?: Contact | null;
}

export interface AssistantMessage extends EventBase {
  kind: 'assistant_message';
  messageId: string;
  replyTo: number;
  text: string;
  outcome: Outcome;
  citations: Citation[];
  offersPerson: boolean;
  offers?: Offer[] | null;
  /** Found in the visitor's message. Nothing is kept until the visitor agrees. */
  recognized?: Contact | null;
}

export interface MessageRated extends EventBase {
  kind: 'message_rated';
  messageId: string;
  rating: Rating;
  reason?: RatingReason | null;
  comment?: string | null;
}

/** A newer server may send other kinds; they are ignored. */
export type ConversationEvent =
  | VisitorMessage
  | AssistantMessage
  | MessageRated
  | PersonRequested
  | PeopleEvent
  | ShownEvent
  | ContactGiven
  | ContactDeclined
  | MeetingBooked
  | MeetingRescheduled
  | MeetingCancelled
  | Utterance
  | UtterancesChecked
  | KnowledgeShown
  | CallCreated
  | CallJoined
  | CallEnded
  | VoiceStarted
  | VoiceEnded;

interface AnswerBase {
  messageId: string;
  /** A higher attempt starts the answer again. */
  attempt: number;
}

export type AnswerUpdate =
  /** The answer takes longer than usual. */
  | (AnswerBase & { type: 'waiting' })
  | (AnswerBase & { type: 'sources'; sources: Citation[] })
  | (AnswerBase & { type: 'delta'; offset: number; text: string })
  | (AnswerBase & { type: 'completed'; message: AssistantMessage })
  | (AnswerBase & { type: 'error'; title: string })
  /** The message is in the log, and a person answers it. */
  | (AnswerBase & { type: 'delivered'; seq: number });

/** Empty if the server only keeps the connection alive. */
export interface ConversationUpdate {
  event?: ConversationEvent | null;
  answer?: AnswerUpdate | null;
  voice?: VoiceUpdate | null;
  presence?: Presence | null;
}
