/** The API's records, as Widget.Contracts defines them. */

export interface Citation {
  number: number;
  title: string;
  url: string | null;
  headings: string[];
  page: number | null;
  text: string;
  origins: string[];
}

export type Outcome = 'answered' | 'quoted' | 'not_found' | 'stopped' | 'failed';
export type Rating = 'none' | 'up' | 'down';

interface EventBase {
  seq: number;
  at: string;
  clientId: string | null;
}

export interface VisitorMessage extends EventBase {
  kind: 'visitor_message';
  text: string;
}

export interface AssistantMessage extends EventBase {
  kind: 'assistant_message';
  messageId: string;
  replyTo: number;
  text: string;
  outcome: Outcome;
  citations: Citation[];
  offersPerson: boolean;
}

export interface MessageRated extends EventBase {
  kind: 'message_rated';
  messageId: string;
  rating: Rating;
}

export interface PersonRequested extends EventBase {
  kind: 'person_requested';
}

export type ConversationEvent = VisitorMessage | AssistantMessage | MessageRated | PersonRequested;

interface AnswerBase {
  messageId: string;
  /** A higher one begins the answer anew. */
  attempt: number;
}

export type AnswerUpdate =
  | (AnswerBase & { type: 'sources'; sources: Citation[] })
  | (AnswerBase & { type: 'delta'; offset: number; text: string })
  | (AnswerBase & { type: 'completed'; message: AssistantMessage })
  | (AnswerBase & { type: 'error'; title: string });

/** With neither, it only says that the line is alive. */
export interface ConversationUpdate {
  event?: ConversationEvent | null;
  answer?: AnswerUpdate | null;
}

export interface Theme {
  color: string;
  position: 'right' | 'left';
  scheme: 'auto' | 'light' | 'dark';
}

export interface Config {
  tenantName: string;
  agentName: string;
  greeting: string | null;
  suggestedQuestions: string[];
  theme: Theme;
  locale: string;
  contactUrl: string | null;
  modes: string[];
}

export interface Session {
  token: string;
  expiresAt: string;
  visitorId: string;
  conversationId: string;
  /** Of the last event that the log had when the session was opened. */
  lastSeq: number;
  config: Config;
}

export interface OutgoingMessage {
  clientId: string;
  text: string;
  page: string;
  locale: string;
}
