import type { Relay, RelayListener } from '../call';
import type { AnswerUpdate, ConversationUpdate, OutgoingMessage } from '../events';

/** One connection to a conversation. When it breaks, Connection opens another. */
export interface Transport {
  /** Receives the log after a seq, then everything new. Rejects when the connection breaks. */
  watch(after: number, onUpdate: (update: ConversationUpdate) => void): Promise<void>;
  /** Sends a message. Throws an ApiError if the server refuses it, another error if the connection breaks. */
  ask(message: OutgoingMessage, onUpdate: (update: AnswerUpdate) => void): Promise<void>;
  stop(messageId: string): Promise<void>;
  /** Relays messages between a voice call's provider and the server. Not every transport can. */
  relay?(sessionId: string, listener: RelayListener): Relay;
  close(): void;
}

export interface Target {
  api: string;
  conversationId: string;
  token: string;
}
