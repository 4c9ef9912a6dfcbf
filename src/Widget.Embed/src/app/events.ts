/** The API's records, as Widget.Contracts defines them. */
import type { Trigger } from '../contract';

export interface Citation {
  number: number;
  title: string;
  url: string | null;
  headings: string[];
  page: number | null;
  text: string;
  origins: string[];
  /** Whether the document has been deleted since. */
  removed?: boolean;
}

export type Outcome = 'answered' | 'quoted' | 'suggested' | 'not_found' | 'stopped' | 'failed';
export type Rating = 'none' | 'up' | 'down';
/** Why a visitor rated an answer down. */
export type RatingReason = 'wrong' | 'incomplete' | 'unclear' | 'other';
/** What the visitor's message asks for: a person, to leave an address, a meeting, a price, to see the product. */
export type Offer = 'person' | 'contact' | 'booking' | 'pricing' | 'demo';

/** How to reach the visitor. */
export interface Contact {
  email?: string | null | undefined;
  /** With the country's code, as +4930123456. */
  phone?: string | null | undefined;
}

interface EventBase {
  seq: number;
  at: string;
  clientId: string | null;
}

/** A file in the conversation: a picture or a PDF. */
export interface Attachment {
  id: string;
  name: string;
  contentType: string;
  bytes: number;
  /** A path of the API. */
  url: string;
}

export interface VisitorMessage extends EventBase {
  kind: 'visitor_message';
  text: string;
  attachments?: Attachment[];
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

/** Something that shows the product. */
export interface Demo {
  id: string;
  kind: 'video' | 'image' | 'slide' | 'page';
  url: string;
  /** The part of a video to play, in seconds. */
  start?: number | null;
  end?: number | null;
  /** The page of a document, from 1. */
  page?: number | null;
  title: string;
  description?: string | null;
}

export interface DemoShown extends EventBase {
  kind: 'demo_shown';
  demo: Demo;
}

export interface Price {
  id: string;
  name: string;
  description?: string | null;
  /** Null if it is on request. */
  amount: number | null;
  /** An ISO 4217 code. */
  currency: string | null;
  /** What the amount is for, such as "month". */
  per?: string | null;
  conditions?: string | null;
  url?: string | null;
}

export interface PricesShown extends EventBase {
  kind: 'prices_shown';
  items: Price[];
}

/** The assistant has used one of the company's own tools. */
export interface ToolCalled extends EventBase {
  kind: 'tool_called';
  /** As the company has named it, such as check_stock. */
  name: string;
  success: boolean;
}

export type ShownEvent = DemoShown | PricesShown | ToolCalled;

/** The visitor has left an address, or has corrected it. */
export interface ContactGiven extends EventBase, Contact {
  kind: 'contact_given';
  name?: string | null;
}

/** The visitor does not want to leave an address. */
export interface ContactDeclined extends EventBase {
  kind: 'contact_declined';
}

export interface Meeting {
  meetingId: string;
  start: string;
  end: string;
  /** The IANA time zone in which the visitor booked. */
  timeZone: string;
  repName: string;
  /** Where the visitor can move or cancel the meeting. */
  manageUrl?: string | null | undefined;
}

export interface MeetingBooked extends EventBase, Meeting {
  kind: 'meeting_booked';
}

export interface MeetingRescheduled extends EventBase, Meeting {
  kind: 'meeting_rescheduled';
}

export interface MeetingCancelled extends EventBase {
  kind: 'meeting_cancelled';
  meetingId: string;
}

export type Speaker = 'visitor' | 'assistant';

/** Spoken in a call. */
export interface Utterance extends EventBase {
  kind: 'utterance';
  sessionId: string;
  mode: string;
  speaker: Speaker;
  text: string;
  interrupted: boolean;
  /** Reported by the page and not yet confirmed by Tavus's transcript. */
  reported?: boolean;
}

/** Tavus's transcript has confirmed or corrected reported utterances. */
export interface UtterancesChecked extends EventBase {
  kind: 'utterances_checked';
  confirmed: { seq: number; text: string | null }[];
}

/** What the assistant looked up in a call. */
export interface KnowledgeShown extends EventBase {
  kind: 'knowledge_shown';
  query: string;
  citations: Citation[];
}

export interface CallCreated extends EventBase {
  kind: 'tavus_conversation_created';
  sessionId: string;
  tavusConversationId: string;
  conversationUrl: string;
}

/** The avatar has joined the call. */
export interface CallJoined extends EventBase {
  kind: 'tavus_conversation_joined';
  sessionId: string;
}

export type EndReason = 'visitor' | 'left' | 'time_limit' | 'no_replica' | 'tavus' | 'failed' | 'developer';

export interface CallEnded extends EventBase {
  kind: 'tavus_conversation_ended';
  sessionId: string;
  reason: EndReason;
  /** 0 if the call was never opened. */
  seconds: number;
}

export interface VoiceStarted extends EventBase {
  kind: 'voice_call_started';
  sessionId: string;
  /** The session that this one continues, because the provider's time limit was reached. */
  continues: string | null;
}

export type VoiceEndReason =
  'visitor' | 'left' | 'time_limit' | 'continued' | 'provider' | 'failed' | 'tampered' | 'developer';

export interface VoiceEnded extends EventBase {
  kind: 'voice_call_ended';
  sessionId: string;
  reason: VoiceEndReason;
  seconds: number;
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

/** What a person does at the moment. It is not in the log. */
export interface Presence {
  /** Ends after 6 seconds, unless it is repeated. */
  typing?: { repId: string; name: string } | null;
  /** The last event that the person has read. */
  readSeq?: number | null;
  /** The visitor's place in the queue, from 1; null if the visitor does not wait. */
  position?: number | null;
}

export type VoicePhase = 'listening' | 'hearing' | 'thinking' | 'speaking';

/** The current state of a voice call. Finished utterances also appear in the log, as events. */
export interface VoiceUpdate {
  sessionId: string;
  phase: VoicePhase;
  caption: { speaker: Speaker; item: string; text: string } | null;
}

/** Empty if the server only keeps the connection alive. */
export interface ConversationUpdate {
  event?: ConversationEvent | null;
  answer?: AnswerUpdate | null;
  voice?: VoiceUpdate | null;
  presence?: Presence | null;
}

export interface Theme {
  color: string;
  position: 'right' | 'left';
  scheme: 'auto' | 'light' | 'dark';
}

export type Day = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/** When people of the company answer. */
export interface Availability {
  open: boolean;
  /** When they answer next; null while they do. */
  opensAt: string | null;
  /** An IANA time zone. */
  timeZone: string;
  /** How soon a person usually answers during these hours. */
  replyMinutes: number | null;
  /** In the company's time zone, as 09:00. */
  hours: { day: Day; from: string; to: string }[];
}

/** The company's own texts in one language. What is missing is taken from the texts without a language. */
export interface Translation {
  greeting?: string | null;
  introduction?: string | null;
  suggestedQuestions?: string[];
}

export interface Config {
  tenantName: string;
  agentName: string;
  greeting: string | null;
  /** What the assistant can do, in one or two sentences. */
  introduction?: string | null;
  /** By language: en, de, es or ar. */
  translations?: Partial<Record<string, Translation>>;
  logoUrl?: string | null;
  /** The agent's picture. */
  portraitUrl?: string | null;
  /** Null if the company has not set its hours. */
  availability?: Availability | null;
  /** Whether a transcript can be sent by e-mail. */
  transcripts?: boolean;
  suggestedQuestions: string[];
  theme: Theme;
  locale: string;
  contactUrl: string | null;
  /** Path of the hosted page of the widget. */
  hostedUrl: string | null;
  modes: string[];
  /** Whose voice reads answers aloud; null if the tenant does not offer it. */
  speech: { source: 'server' | 'browser' } | null;
  /**
   * Who turns dictation into text; null if the tenant does not offer it. The recipient is the host that receives the audio; null if the
   * browser's maker receives it.
   */
  dictation: { source: 'server' | 'browser'; recipient: string | null } | null;
  /** Meetings with the company: booked here, or at an address of another calendar system. */
  meetings?: { enabled: boolean; url?: string | null } | null;
  /** Whether there are demos, and prices, to show. */
  hasDemos?: boolean;
  hasPrices?: boolean;
  /** Whether files can be sent to people. */
  attachments?: boolean;
  /** Asked before the first message. */
  preChat?: { fields: PreChatField[] } | null;
  /** Asked once, below an answer that offers a meeting, a price or a demo. */
  questions?: Question[];
  triggers?: Trigger[] | null;
}

export interface PreChatField {
  /** `name`, `email`, `phone`, or the key of a question. */
  field: string;
  required?: boolean;
}

/** A question of the company. */
export interface Question {
  key: string;
  text: string;
  /** By language: en, de, es or ar. */
  texts?: Partial<Record<string, string>>;
  kind: 'choice' | 'number' | 'text' | 'boolean';
  /** To choose from; empty if the answer is not chosen. */
  answers?: { value: string; label?: string | null; labels?: Partial<Record<string, string>> }[] | null;
}

export interface Session {
  token: string;
  expiresAt: string;
  visitorId: string;
  conversationId: string;
  /** The last event in the log when the session was opened. */
  lastSeq: number;
  config: Config;
  /** Whether the page has proved who the visitor is. */
  verified?: boolean;
}

/** An earlier conversation of the visitor. */
export interface ConversationSummary {
  id: string;
  startedAt: string;
  lastAt: string;
  /** The visitor's first message, shortened. */
  title: string | null;
  /** The last message, shortened and without markup. */
  preview: string | null;
  lastSeq: number;
}

/** The visitor's conversations, newest first. */
export interface ConversationList {
  items: ConversationSummary[];
  /** Pass it as `before` to get older ones. */
  next: string | null;
}

export interface OutgoingMessage {
  clientId: string;
  text: string;
  page: string;
  locale: string;
  /** Ids of files that have been uploaded before. */
  attachments?: string[];
}
