/** The API's records of a call, as Widget.Contracts defines them, and the messages of Tavus's room. */
import type { EndReason, Speaker } from '../app/events';

export type SessionState = 'queued' | 'creating' | 'waiting' | 'live' | 'ending' | 'ended' | 'failed';

export interface CallSession {
  sessionId: string;
  threadId: string;
  state: SessionState;
  conversationId: string | null;
  conversationUrl: string | null;
  meetingToken: string | null;
  /** Place in the line, from 1. */
  position: number | null;
  maxSeconds: number;
  remainingSeconds: number | null;
  /** The avatar stands before a colour that is to be keyed out. */
  greenScreen: boolean;
  /** Ends this call without a header. */
  leaveToken: string | null;
  endReason: EndReason | null;
  problem: string | null;
}

export interface HeardUtterance {
  /** The same for the same utterance, however often it is told. */
  id: string;
  speaker: Speaker;
  text: string;
  interrupted: boolean;
}

export interface ToolResponse {
  success: boolean;
  result: unknown;
}

/** What the room sends. Read with care: fields come, go and change their names. */
export interface RoomMessage {
  event_type: string;
  conversation_id?: string;
  inference_id?: string;
  turn_idx?: number;
  seq?: number;
  properties: Record<string, unknown>;
}

export function roomMessage(data: unknown): RoomMessage | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { event_type, conversation_id, inference_id, turn_idx, seq, properties } = data as Record<string, unknown>;
  if (typeof event_type !== 'string') return undefined;
  return {
    event_type,
    ...(typeof conversation_id === 'string' ? { conversation_id } : {}),
    ...(typeof inference_id === 'string' ? { inference_id } : {}),
    ...(typeof turn_idx === 'number' ? { turn_idx } : {}),
    ...(typeof seq === 'number' ? { seq } : {}),
    properties: typeof properties === 'object' && properties !== null ? (properties as Record<string, unknown>) : {},
  };
}

/** Who speaks: the visitor is "user", the avatar "replica", in newer accounts "pal". */
export function speakerOf({ properties: { role } }: RoomMessage): Speaker {
  return role === 'user' ? 'visitor' : 'assistant';
}

/** What is said: "speech" by the types, "text" by some of the documentation. */
export function speechOf({ properties: { speech, text } }: RoomMessage): string {
  return (typeof speech === 'string' ? speech : typeof text === 'string' ? text : '').trim();
}

/** What we send, in the envelope that the room expects. */
export function outgoing(conversationId: string, type: string, properties: Record<string, unknown> = {}): object {
  return {
    message_type: 'conversation',
    event_type: `conversation.${type}`,
    conversation_id: conversationId,
    properties,
  };
}
