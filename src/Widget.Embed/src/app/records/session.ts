/** The visitor's session and conversations. */
import type { Config } from './configuration';

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
