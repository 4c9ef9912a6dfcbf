/** Events and updates of calls. */
import type { Citation, Contact, EventBase } from './base';

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
  /** The visitor's address. Nothing is kept until the visitor agrees. */
  recognized?: Contact | null;
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

export type EndReason = 'visitor' | 'left' | 'time_limit' | 'no_replica' | 'tavus' | 'failed' | 'developer' | 'person';

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
  'visitor' | 'left' | 'time_limit' | 'continued' | 'provider' | 'failed' | 'tampered' | 'developer' | 'person';

export interface VoiceEnded extends EventBase {
  kind: 'voice_call_ended';
  sessionId: string;
  reason: VoiceEndReason;
  seconds: number;
}

export type VoicePhase = 'listening' | 'hearing' | 'thinking' | 'speaking';

/** The current state of a voice call. Finished utterances also appear in the log, as events. */
export interface VoiceUpdate {
  sessionId: string;
  phase: VoicePhase;
  caption: { speaker: Speaker; item: string; text: string } | null;
}
