/** What the server says about rooms (docs/rooms.md). */

export type Role = 'host' | 'guest';
/** How sound and picture are carried. */
export type Transport = 'peer' | 'livekit';
export type ParticipantState = 'waiting' | 'in' | 'left' | 'removed' | 'declined';

export interface Participant {
  id: string;
  name: string;
  role: Role;
  state: ParticipantState;
  /** False: the link dropped and may come back within 30 seconds. */
  connected: boolean;
  /** The page load. With a new one, its connection is a new one, too. */
  instance?: string | null;
  /** Of two participants, the one with the larger number is polite. */
  order: number;
  joinedAt?: string | null;
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  /** The host has muted. Switching the microphone on again clears it. */
  mutedByHost: boolean;
  /** The answer to "may this call be recorded?"; missing: not answered. */
  consent?: boolean | null;
}

export interface Avatar {
  state: 'starting' | 'queued' | 'in' | 'ended' | 'failed' | 'paused';
  name?: string | null;
  provider: 'tavus' | 'livekit';
  /** To be shown in a frame, once the avatar is in. */
  url?: string | null;
  error?: string | null;
}

export interface Recording {
  id: string;
  state: 'waiting_for_consent' | 'recording' | 'paused' | 'finished' | 'failed';
  /** The participant who records. */
  by: string;
  startedAt?: string | null;
}

export interface RoomState {
  id: string;
  seq: number;
  name?: string | null;
  state: 'open' | 'ended';
  transport: Transport;
  waitingRoom: boolean;
  expiresAt: string;
  endReason?: string | null;
  participants: Participant[];
  avatar?: Avatar | null;
  recording?: Recording | null;
}

export interface ChatMessage {
  messageId: string;
  from: string;
  name: string;
  text: string;
  timestamp: string;
}

export interface RoomEvent {
  seq: number;
  id?: string;
  at: string;
  kind: string;
  /** The participant who caused it; missing for staff and the server. */
  by?: string | null;
  participant?: Participant | null;
  room?: {
    state: 'open' | 'ended';
    expiresAt: string;
    transport?: Transport | null;
    endReason?: string | null;
    avatar?: Avatar | null;
    recording?: Recording | null;
  } | null;
  chat?: ChatMessage | null;
}

/** How to connect to the media server. The token works for a minute. */
export interface MediaAccess {
  url: string;
  token: string;
}

export interface Signal {
  from: string;
  instance: string;
  description?: RTCSessionDescriptionInit | null;
  candidate?: RTCIceCandidateInit | null;
}

export type CloseReason = 'left' | 'removed' | 'declined' | 'ended' | 'expired' | 'replaced' | 'server-stopping';

/** Exactly one field is set; none in a keep-alive. */
export interface RoomUpdate {
  joined?: { participantId: string; token: string; room: RoomState } | null;
  event?: RoomEvent | null;
  signal?: Signal | null;
  closed?: { reason: CloseReason; message: string } | null;
}

/** What the page before the call shows. */
export interface Invitation {
  roomId: string;
  name?: string | null;
  company?: string | null;
  role: Role;
  participantId: string;
  participantName?: string | null;
  waitingRoom: boolean;
  transport: Transport;
  recording?: unknown;
}

/** Codes of a join that failed. */
export type JoinRefusal = 'link-expired' | 'link-invalid' | 'call-ended' | 'call-full' | 'removed';
