// A participant's one connection for media. The client offers, also for what it receives: if it needs more lines, it is asked for them.
import {
  RTCPeerConnection,
  useAbsSendTime,
  useAudioLevelIndication,
  useOPUS,
  useRepairedRtpStreamId,
  useSdesMid,
  useSdesRTPStreamId,
  useTransportWideCC,
  useVP8,
} from 'werift';
import { VideoQuality } from '@livekit/protocol';

/** The layer of a picture that is forwarded: the smallest, which every browser always sends. */
const layer = 'q';
const keyFrameTimes = [0, 1_000, 2_000, 4_000, 8_000];
const silence = 127;
const levelKept = 1_000;

export class Media {
  #connection = new RTCPeerConnection({
    bundlePolicy: 'max-bundle',
    iceServers: [],
    codecs: { audio: [useOPUS()], video: [useVP8()] },
    headerExtensions: {
      audio: [useSdesMid(), useAudioLevelIndication(), useAbsSendTime(), useTransportWideCC()],
      video: [useSdesMid(), useSdesRTPStreamId(), useRepairedRtpStreamId(), useAbsSendTime(), useTransportWideCC()],
    },
  });
  /** Others' tracks that the client should get and has no line for yet. */
  #wanted = [];
  /** The lines on which tracks of others are sent, by the line's mid. */
  #lines = new Map();
  #last = Promise.resolve();
  #lastLevel = { level: silence, at: 0 };
  #isClosed = false;
  /** The tracks that arrive from the client, by the client's id. */
  published = new Map();

  constructor(owner) {
    this.owner = owner;
    this.#connection.connectionStateChange.subscribe((state) => {
      if (state === 'connected') owner.activate();
    });
  }

  /** How loud the client is: 0 is loudest. */
  get level() {
    return Date.now() - this.#lastLevel.at < levelKept ? this.#lastLevel.level : silence;
  }

  /** Answers an offer. Offers are handled one after the other. */
  answer(offer) {
    this.#last = this.#last.then(() => this.#answer(offer)).catch((error) => {
      if (!this.#isClosed) console.error(`The offer of ${this.owner.identity} was not answered.`, error);
    });
    return this.#last;
  }

  async addCandidate(candidate) {
    // The offers come first.
    await this.#last;
    if (!this.#isClosed) await this.#connection.addIceCandidate(candidate).catch(() => undefined);
  }

  /** The client should get a track. */
  want(from, track) {
    this.#wanted.push({ from, track });
    this.#askForLines();
  }

  forget(from) {
    this.#wanted = this.#wanted.filter((wanted) => wanted.from !== from);
    for (const [mid, line] of this.#lines) if (line.from === from) this.#free(mid);
  }

  close() {
    this.#isClosed = true;
    void this.#connection.close();
  }

  describe() {
    return {
      published: [...this.published.values()].map(({ kind, packets }) => ({ kind, packets })),
      lines: [...this.#lines.values()].map(({ from, track, packets }) => ({
        from: from.identity,
        kind: track.kind,
        packets,
      })),
    };
  }

  async #answer({ sdp, id }) {
    if (this.#isClosed) return;
    const connection = this.#connection;
    await connection.setRemoteDescription({ type: 'offer', sdp });
    const midToTrackId = {};
    for (const transceiver of connection.getTransceivers()) {
      const { mid, offerDirection } = transceiver;
      if (offerDirection === 'sendonly') this.#fill(transceiver, midToTrackId);
      else if (offerDirection === 'recvonly') this.#receive(transceiver, midToTrackId);
      else this.#stopped(mid);
    }
    const answer = await connection.createAnswer();
    await connection.setLocalDescription(answer);
    // A line that is off keeps its place: werift would give it away to the next one.
    for (const transceiver of connection.getTransceivers()) transceiver.usedForSender = true;
    this.owner.send('answer', { type: 'answer', sdp: connection.localDescription.sdp, id, midToTrackId });
    this.#askForLines();
  }

  /** A line on which the client can receive: the next track of its kind goes there. Without one, it is kept for later. */
  #fill(transceiver, midToTrackId) {
    const { mid, kind } = transceiver;
    transceiver.direction = 'sendonly';
    if (!this.#lines.has(mid)) {
      const i = this.#wanted.findIndex(({ track }) => track.kind === kind);
      if (i >= 0) {
        const [line] = this.#wanted.splice(i, 1);
        line.packets = 0;
        this.#lines.set(mid, line);
        line.stop = line.track.forwardTo(transceiver.sender, () => line.packets++);
      }
    }
    const line = this.#lines.get(mid);
    // A line whose track has ended stays, but belongs to nobody.
    const isUsed = line?.track.sid !== undefined;
    if (isUsed) midToTrackId[mid] = line.track.sid;
    // Whose track it is, is in the stream's id. An empty line's stream belongs to nobody.
    transceiver.sender.setStreams([{ id: isUsed ? `${line.from.sid}|${line.track.sid}` : 'empty' }]);
  }

  /** A line on which the client sends. */
  #receive(transceiver, midToTrackId) {
    const { mid, receiver, kind } = transceiver;
    transceiver.direction = 'recvonly';
    const [cid, info] = [...this.owner.tracks].find(([id]) => id === receiver.remoteTrackId) ?? [];
    if (!info) return;
    midToTrackId[mid] = info.sid;
    if (this.published.has(cid)) return;
    const track = { sid: info.sid, kind, mid, packets: 0, ssrc: undefined, forwardTo: undefined };
    const listeners = new Set();
    this.published.set(cid, track);
    track.forwardTo = (sender, count) => {
      const keyFrame = () => track.ssrc && void receiver.sendRtcpPLI(track.ssrc);
      const listener = (packet) => {
        count();
        void sender.sendRtp(packet).catch(() => undefined);
      };
      listeners.add(listener);
      const { unSubscribe } = sender.onPictureLossIndication.subscribe(keyFrame);
      // The first whole picture may be lost before the browser can show it.
      const timers = keyFrameTimes.map((time) => setTimeout(keyFrame, time));
      return () => {
        for (const timer of timers) clearTimeout(timer);
        listeners.delete(listener);
        unSubscribe();
      };
    };
    const take = (incoming) => {
      // Of several sizes of a picture, one is forwarded.
      if (incoming.rid && incoming.rid !== layer) return;
      incoming.onReceiveRtp.subscribe((packet, extensions) => {
        track.ssrc = packet.header.ssrc;
        if (track.packets++ === 0) this.#arrived(info, track);
        const spoken = extensions?.['urn:ietf:params:rtp-hdrext:ssrc-audio-level'];
        if (spoken) this.#lastLevel = { level: spoken.level ?? silence, at: Date.now() };
        for (const listener of listeners) {
          const copy = packet.clone();
          // The numbers of extensions differ between connections.
          copy.header.extensions = [];
          listener(copy);
        }
      });
    };
    for (const incoming of receiver.tracks) take(incoming);
    transceiver.onTrack.subscribe(take);
  }

  /** Tells the client that the larger pictures are not needed, so that it spends nothing on them. */
  #sendOneSize(info) {
    const qualities = [VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH].map((quality) => ({
      quality,
      enabled: quality === VideoQuality.LOW,
    }));
    this.owner.send('subscribedQualityUpdate', {
      trackSid: info.sid,
      subscribedQualities: qualities,
      subscribedCodecs: [{ codec: 'vp8', qualities }],
    });
  }

  /** The first packet of a track has come, so others can have it. */
  #arrived(info, track) {
    this.owner.announce();
    if (info.simulcast) this.#sendOneSize(info);
    for (const other of this.owner.others) other.media.want(this.owner, track);
  }

  #stopped(mid) {
    for (const [cid, track] of this.published) {
      if (track.mid !== mid) continue;
      this.published.delete(cid);
      for (const other of this.owner.others) other.media.drop(track);
      this.owner.removed(cid);
    }
  }

  drop(track) {
    this.#wanted = this.#wanted.filter((wanted) => wanted.track !== track);
    for (const [mid, line] of this.#lines) if (line.track === track) this.#free(mid);
  }

  #free(mid) {
    this.#lines.get(mid)?.stop();
    // The line is not used again: the client would take what comes for the earlier track.
    this.#lines.set(mid, { from: {}, track: {}, packets: 0, stop: () => undefined });
  }

  #askForLines() {
    const count = (kind) => this.#wanted.filter(({ track }) => track.kind === kind).length;
    const [numAudios, numVideos] = [count('audio'), count('video')];
    if (numAudios + numVideos > 0) this.owner.send('mediaSectionsRequirement', { numAudios, numVideos });
  }
}
