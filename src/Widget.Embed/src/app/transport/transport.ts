import type { Relay, RelayListener } from '../call';
import type { AnswerUpdate, ConversationUpdate, OutgoingMessage } from '../events';

/** A way to the conversation. It ends when its line does; the connection then makes another. */
export interface Transport {
  /** The log after a seq, then everything that happens. Ends, with an error, when the line does. */
  watch(after: number, onUpdate: (update: ConversationUpdate) => void): Promise<void>;
  /** Sends a message. Throws an ApiError when the server refuses it, anything else when the line broke. */
  ask(message: OutgoingMessage, onUpdate: (update: AnswerUpdate) => void): Promise<void>;
  stop(messageId: string): Promise<void>;
  /** Passes messages to a voice call's provider and back; not every line can. */
  relay?(sessionId: string, listener: RelayListener): Relay;
  close(): void;
}

export interface Place {
  api: string;
  conversationId: string;
  token: string;
}
