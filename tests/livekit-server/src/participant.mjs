// A participant's session: its signalling, and what it publishes.
import {
  ConnectionQuality,
  DisconnectReason,
  LeaveRequest,
  LeaveRequest_Action as Action,
  ParticipantInfo,
  ParticipantInfo_State as State,
  SignalRequest,
  SignalResponse,
  TrackInfo,
  TrackType,
} from '@livekit/protocol';
import { Media } from './media.mjs';
import { newId } from './rooms.mjs';
import { refresh } from './tokens.mjs';

const pingSeconds = 5;
const qualityInterval = 2_000;
const speakerInterval = 300;
/** In dB below the loudest possible; quieter is no speech. */
const speechLevel = 45;

export class Participant {
  #ws;
  #media;
  #timers = [];
  #joinedAt = Date.now();
  #state = State.JOINED;
  #version = 0;
  #wasSpeaking = false;
  #isOver = false;
  onLeft = () => undefined;
  /** What it has announced, by the client's own id. */
  tracks = new Map();

  constructor(ws, claims, room, { sid, account }) {
    Object.assign(this, { claims, room, sid, account, identity: claims.sub, name: claims.name ?? '' });
    this.#ws = ws;
    this.#media = new Media(this);
    ws.on('message', (data) => this.#receive(SignalRequest.fromBinary(new Uint8Array(data))));
    ws.on('close', () => this.#end());
  }

  static message(kind, value) {
    return new SignalResponse({ message: { case: kind, value } }).toBinary();
  }

  get others() {
    return [...this.room.people.values()].filter((other) => other !== this);
  }

  get media() {
    return this.#media;
  }

  get info() {
    return new ParticipantInfo({
      sid: this.sid,
      identity: this.identity,
      name: this.name,
      state: this.#state,
      joinedAt: BigInt(Math.floor(this.#joinedAt / 1000)),
      joinedAtMs: BigInt(this.#joinedAt),
      version: ++this.#version,
      isPublisher: this.tracks.size > 0,
      permission: { canSubscribe: true, canPublish: true, canPublishData: true },
      tracks: [...this.tracks.values()],
    });
  }

  send(kind, value) {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.send(Participant.message(kind, value));
  }

  start(joining) {
    this.send('join', {
      room: { sid: this.room.sid, name: this.room.name, numParticipants: this.room.people.size },
      participant: this.info,
      otherParticipants: this.others.map((other) => other.info),
      serverInfo: { version: '1.9.0', protocol: 16, region: 'test' },
      subscriberPrimary: false,
      fastPublish: true,
      pingInterval: pingSeconds,
      pingTimeout: 3 * pingSeconds,
      enabledPublishCodecs: [{ mime: 'audio/opus' }, { mime: 'video/VP8' }],
    });
    this.send('refreshToken', refresh(this.claims, this.account));
    this.#timers.push(
      setInterval(() => this.#tellQuality(), qualityInterval),
      setInterval(() => this.#tellSpeaking(), speakerInterval),
    );
    for (const other of this.others) for (const track of other.media.published.values()) this.#media.want(other, track);
    if (joining.publisherOffer) void this.#media.answer(joining.publisherOffer);
  }

  /** The connection for sound and picture is there. */
  activate() {
    this.#state = State.ACTIVE;
    this.announce();
  }

  announce() {
    for (const other of this.others) other.send('update', { participants: [this.info] });
  }

  /** Ends the session, and says why. */
  leave(reason, action = Action.DISCONNECT) {
    this.send('leave', new LeaveRequest({ reason, action, canReconnect: action !== Action.DISCONNECT }));
    this.#end();
    this.#ws.close();
  }

  /** Ends the session without a word. */
  close() {
    this.#end();
    this.#ws.terminate();
  }

  describe() {
    return {
      identity: this.identity,
      name: this.name,
      tracks: [...this.tracks.values()].map(({ sid, type, muted }) => ({ sid, muted, kind: TrackType[type] })),
      ...this.#media.describe(),
    };
  }

  #receive({ message: { case: kind, value } }) {
    if (kind === 'offer') void this.#media.answer(value);
    else if (kind === 'trickle') void this.#media.addCandidate(JSON.parse(value.candidateInit));
    else if (kind === 'addTrack') this.#addTrack(value);
    else if (kind === 'mute') this.#mute(value);
    else if (kind === 'pingReq') this.send('pongResp', { lastPingTimestamp: value.timestamp, timestamp: BigInt(Date.now()) });
    else if (kind === 'leave') {
      this.#end(DisconnectReason.CLIENT_INITIATED);
      this.#ws.close();
    }
  }

  #addTrack({ cid, type, name, muted, source, width, height, layers, simulcastCodecs }) {
    const track = new TrackInfo({ sid: newId('TR_'), type, name, muted, source, width, height, layers });
    track.mimeType = type === TrackType.AUDIO ? 'audio/opus' : 'video/VP8';
    track.simulcast = simulcastCodecs.length > 0 && layers.length > 1;
    this.tracks.set(cid, track);
    this.send('trackPublished', { cid, track });
  }

  #mute({ sid, muted }) {
    const track = [...this.tracks.values()].find((known) => known.sid === sid);
    if (!track) return;
    track.muted = muted;
    this.announce();
  }

  /** The client no longer sends a track. */
  removed(cid) {
    const track = this.tracks.get(cid);
    if (!track) return;
    this.tracks.delete(cid);
    this.send('trackUnpublished', { trackSid: track.sid });
    this.announce();
  }

  #tellQuality() {
    const updates = [...this.room.people.values()].map(({ sid }) => ({
      participantSid: sid,
      quality: ConnectionQuality.EXCELLENT,
      score: 4.5,
    }));
    this.send('connectionQuality', { updates });
  }

  #tellSpeaking() {
    const level = this.#media.level;
    const active = level < speechLevel;
    if (active === this.#wasSpeaking) return;
    this.#wasSpeaking = active;
    const speakers = [{ sid: this.sid, active, level: active ? 1 - level / 127 : 0 }];
    for (const person of this.room.people.values()) person.send('speakersChanged', { speakers });
  }

  #end() {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#state = State.DISCONNECTED;
    this.announce();
    for (const other of this.others) other.media.forget(this);
    this.#media.close();
    this.onLeft();
  }
}
