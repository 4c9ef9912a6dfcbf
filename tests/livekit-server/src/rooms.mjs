// Rooms with their participants. Everybody gets all tracks of all others.
import { randomBytes } from 'node:crypto';
import { DisconnectReason, LeaveRequest, LeaveRequest_Action as Action, ReconnectReason } from '@livekit/protocol';
import { Participant } from './participant.mjs';

export class Rooms {
  /** Rooms by name: the room's id, and its participants by identity. */
  #rooms = new Map();

  constructor(account, api) {
    Object.assign(this, { account, api });
  }

  connect(ws, claims, joining) {
    const { room: name } = claims.video;
    if (!this.#rooms.has(name)) this.#rooms.set(name, { name, sid: newId('RM_'), people: new Map() });
    const room = this.#rooms.get(name);
    const before = room.people.get(claims.sub);
    if (joining.reconnect) {
      // Sessions are not resumed here: the client connects anew, with a new session.
      before?.leave(DisconnectReason.STATE_MISMATCH, Action.RECONNECT);
      ws.send(Participant.message('leave', new LeaveRequest({ reason: DisconnectReason.STATE_MISMATCH, action: Action.RECONNECT })));
      ws.close();
      return;
    }
    before?.leave(DisconnectReason.DUPLICATE_IDENTITY);
    const participant = new Participant(ws, claims, room, { sid: newId('PA_'), account: this.account });
    participant.onLeft = () => {
      if (room.people.get(claims.sub) === participant) room.people.delete(claims.sub);
      void this.api.left(name, participant);
    };
    room.people.set(claims.sub, participant);
    void this.api.joined(name, participant);
    participant.start(joining);
  }

  /** Does what a request of the server API has done. */
  follow(path, { room: name, identity }) {
    const room = this.#rooms.get(name);
    if (!room) return;
    if (path.endsWith('/RemoveParticipant')) room.people.get(identity)?.leave(DisconnectReason.PARTICIPANT_REMOVED);
    if (!path.endsWith('/DeleteRoom')) return;
    this.#rooms.delete(name);
    for (const person of [...room.people.values()]) person.leave(DisconnectReason.ROOM_DELETED);
  }

  drop() {
    for (const room of this.#rooms.values()) for (const person of [...room.people.values()]) person.close();
  }

  describe() {
    return [...this.#rooms.values()].map(({ name, people }) => ({
      name,
      people: [...people.values()].map((person) => person.describe()),
    }));
  }
}

export function newId(prefix) {
  return prefix + randomBytes(8).toString('hex').slice(0, 12);
}
