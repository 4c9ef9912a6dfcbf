/**
 * The state of a room, computed from its events. For each participant, and for the room itself, the event with the largest seq counts. So
 * events that come twice, late or not at all change nothing that a later one has settled.
 */
import type { Avatar, ChatMessage, Participant, Recording, RoomEvent, RoomState, Transport } from './contract';

export interface Room {
  /** The largest seq that was seen. */
  seq: number;
  ended: boolean;
  endReason?: string | null | undefined;
  name?: string | null | undefined;
  /** Changes once at most, from `peer` to `livekit`. */
  transport: Transport;
  participants: ReadonlyMap<string, { seq: number; participant: Participant }>;
  about: { seq: number; avatar?: Avatar | null | undefined; recording?: Recording | null | undefined };
  /** In the order of the log, each once. */
  chat: readonly (ChatMessage & { seq: number })[];
}

export const emptyRoom: Room = {
  seq: 0,
  ended: false,
  transport: 'peer',
  participants: new Map(),
  about: { seq: 0 },
  chat: [],
};

/** Takes the state so far. What was said is kept: the state contains no chat. */
export function withState(room: Room, state: RoomState): Room {
  const participants = new Map(room.participants);
  for (const participant of state.participants) {
    const known = participants.get(participant.id);
    if (!known || known.seq <= state.seq) participants.set(participant.id, { seq: state.seq, participant });
  }
  const isNewer = room.about.seq <= state.seq;
  return {
    ...room,
    seq: Math.max(room.seq, state.seq),
    name: state.name,
    transport: later(room.transport, state.transport),
    ended: isNewer ? state.state === 'ended' : room.ended,
    endReason: isNewer ? state.endReason : room.endReason,
    participants,
    about: isNewer ? { seq: state.seq, avatar: state.avatar, recording: state.recording } : room.about,
  };
}

export function withEvent(room: Room, event: RoomEvent): Room {
  let next: Room = { ...room, seq: Math.max(room.seq, event.seq) };
  const { participant, room: about, chat } = event;
  if (participant && (next.participants.get(participant.id)?.seq ?? -1) < event.seq)
    next = { ...next, participants: new Map(next.participants).set(participant.id, { seq: event.seq, participant }) };
  if (about && next.about.seq < event.seq)
    next = {
      ...next,
      ended: about.state === 'ended',
      endReason: about.endReason,
      transport: later(next.transport, about.transport),
      about: { seq: event.seq, avatar: about.avatar, recording: about.recording },
    };
  if (chat && !next.chat.some(({ messageId }) => messageId === chat.messageId))
    next = { ...next, chat: [...next.chat, { ...chat, seq: event.seq }].sort((a, b) => a.seq - b.seq) };
  return next;
}

/** Events of earlier versions do not name the transport. */
function later(known: Transport, told: Transport | null | undefined): Transport {
  return told === 'livekit' ? told : known;
}

/** Those in the call, or about to come back, in the order in which they were invited. */
export function present(room: Room): Participant[] {
  return all(room).filter(({ state }) => state === 'in');
}

export function waiting(room: Room): Participant[] {
  return all(room).filter(({ state }) => state === 'waiting');
}

export function find(room: Room, id: string | undefined): Participant | undefined {
  return id === undefined ? undefined : room.participants.get(id)?.participant;
}

/** Others are told apart by their ids, so a name may be empty. */
export function nameOf(participant: Participant | undefined, fallback: string): string {
  return participant?.name.trim() ? participant.name : fallback;
}

function all(room: Room): Participant[] {
  return [...room.participants.values()].map(({ participant }) => participant).sort((a, b) => a.order - b.order);
}
