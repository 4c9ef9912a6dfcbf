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

export type Speaker = 'visitor' | 'assistant';

/** Said aloud in a call. */
export interface Utterance extends EventBase {
  kind: 'utterance';
  sessionId: string;
  mode: string;
  speaker: Speaker;
  text: string;
  interrupted: boolean;
  /** Only a page says so, until the transcript confirms it. */
  reported?: boolean;
}

/** What the transcript made of what was reported. */
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

/** The avatar is in the call. */
export interface CallJoined extends EventBase {
  kind: 'tavus_conversation_joined';
  sessionId: string;
}

export type EndReason = 'visitor' | 'left' | 'time_limit' | 'no_replica' | 'tavus' | 'failed' | 'developer';

export interface CallEnded extends EventBase {
  kind: 'tavus_conversation_ended';
  sessionId: string;
  reason: EndReason;
  /** How long it lasted; 0 for one that was never opened. */
  seconds: number;
}

/** A voice call was opened. */
export interface VoiceStarted extends EventBase {
  kind: 'voice_call_started';
  sessionId: string;
  /** The call that it goes on with, which had reached its provider's limit. */
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

/** A newer server may send kinds that are not here; they are passed over. */
export type ConversationEvent =
  | VisitorMessage
  | AssistantMessage
  | MessageRated
  | PersonRequested
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
  /** A higher one begins the answer anew. */
  attempt: number;
}

export type AnswerUpdate =
  /** It takes longer than usual, and comes without being asked for again. */
  | (AnswerBase & { type: 'waiting' })
  | (AnswerBase & { type: 'sources'; sources: Citation[] })
  | (AnswerBase & { type: 'delta'; offset: number; text: string })
  | (AnswerBase & { type: 'completed'; message: AssistantMessage })
  | (AnswerBase & { type: 'error'; title: string });

export type VoicePhase = 'listening' | 'hearing' | 'thinking' | 'speaking';

/** What happens in a voice call, as it happens. What was said comes again, as an event of the log. */
export interface VoiceUpdate {
  sessionId: string;
  phase: VoicePhase;
  caption: { speaker: Speaker; item: string; text: string } | null;
}

/** With none of them, it only says that the line is alive. */
export interface ConversationUpdate {
  event?: ConversationEvent | null;
  answer?: AnswerUpdate | null;
  voice?: VoiceUpdate | null;
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
  /** The widget as a page of its own, at the API. */
  hostedUrl: string | null;
  modes: string[];
  /** How answers are read aloud; null when they are not. */
  speech: { source: 'server' | 'browser' } | null;
  /** How the visitor can dictate, and who receives the sound: a host, or null for the browser's maker; null when that is not offered. */
  dictation: { source: 'server' | 'browser'; recipient: string | null } | null;
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
