/** The API's records of a video call, as Widget.Contracts defines them, and the messages of Tavus's room. */
import type { EndReason, Speaker } from '../app/events';
import type { CallSession } from '../call/sessionClient';

export interface VideoSession extends CallSession<EndReason> {
  threadId: string;
  state: 'queued' | 'creating' | 'waiting' | 'live' | 'ending' | 'ended' | 'failed';
  conversationId: string | null;
  conversationUrl: string | null;
  meetingToken: string | null;
  /** Position in the queue, from 1. */
  position: number | null;
  maxSeconds: number;
  /** The avatar's background is one colour, for the page to remove. */
  greenScreen: boolean;
}

export interface ReportedUtterance {
  /** Stable: reporting the same utterance again has no effect. */
  id: string;
  speaker: Speaker;
  text: string;
  interrupted: boolean;
}

export interface ToolResponse {
  success: boolean;
  result: unknown;
}

/** A message from the room. Tavus has added, removed and renamed fields, so only `event_type` is certain. */
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

/** The visitor's role is "user"; the avatar's is "replica", in newer accounts "pal". */
export function speakerOf({ properties: { role } }: RoomMessage): Speaker {
  return role === 'user' ? 'visitor' : 'assistant';
}

/** Tavus's types call the text "speech", parts of its documentation "text". */
export function speechOf({ properties: { speech, text } }: RoomMessage): string {
  return (typeof speech === 'string' ? speech : typeof text === 'string' ? text : '').trim();
}

/** Wraps a message for the room in the envelope that Tavus expects. */
export function outgoing(conversationId: string, type: string, properties: Record<string, unknown> = {}): object {
  return {
    message_type: 'conversation',
    event_type: `conversation.${type}`,
    conversation_id: conversationId,
    properties,
  };
}
