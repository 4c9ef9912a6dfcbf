// @ts-check
import { level, peak } from '../audio/pcm.mjs';
import { Peer } from '../peer/peer.mjs';
import { newId } from './ids.mjs';

/** Frames from this level on count as heard. It is half of the voice detector's level. */
const HEARD_LEVEL = 0.008;

/**
 * @typedef {'channel' | 'sideband'} From the source of a client's event
 * @typedef {'hangup' | 'close' | 'peer_gone' | 'expired' | 'killed' | 'reset' | 'never_connected'} End
 * @typedef {object} CallTerms
 * @property {string} id
 * @property {string} provider openai, azure, live or selfhosted
 * @property {string | null} account the key that opened it
 * @property {() => import('../control/scenarios.mjs').Scenario} scenario its current scenario
 * @property {object} received the session configuration as received
 * @property {string | null} [safetyIdentifier]
 */

/** A visitor's session with a provider: one WebRTC peer, any number of sidebands, and a log of their events. */
export class Call {
  #timers = /** @type {Set<NodeJS.Timeout>} */ (new Set());
  #sidebands = /** @type {Set<import('ws').WebSocket>} */ (new Set());
  #sidebandsEver = 0;
  #wronged = false;
  log = /** @type {{ at: string, from: From | 'provider', event: any }[]} */ ([]);
  ended = /** @type {{ at: string, how: End } | null} */ (null);
  connectedAt = /** @type {string | null} */ (null);
  /** Whether a server can attach to it. */
  hasSideband = true;
  heardMs = 0;
  heardPeak = 0;

  /** @param {CallTerms} terms */
  constructor(terms) {
    this.id = terms.id;
    this.provider = terms.provider;
    this.account = terms.account;
    this.scenario = terms.scenario;
    this.received = terms.received;
    this.safetyIdentifier = terms.safetyIdentifier ?? null;
    this.openedAt = new Date().toISOString();
    this.startedMs = performance.now();
    this.expiresAt = Math.floor(Date.now() / 1000 + this.behavior.lifetimeSeconds);
    this.peer = new Peer({
      opened: () => this.#channelOpened(),
      received: (text) => this.#receive(text, 'channel'),
      heard: (samples) => this.#hear(samples),
      gone: () => void this.end('peer_gone'),
    });
    this.later(this.behavior.lifetimeSeconds * 1000, () => void this.expire());
    this.later(this.behavior.connectSeconds * 1000, () => {
      if (!this.connectedAt) void this.end('never_connected');
    });
  }

  get behavior() {
    return this.scenario().behavior;
  }

  get script() {
    return this.scenario().script;
  }

  /** The time since the session started. */
  get elapsedMs() {
    return Math.round(performance.now() - this.startedMs);
  }

  /** @param {string} offer @returns {Promise<string>} the SDP answer */
  async answer(offer) {
    const answer = await this.peer.answer(offer, { reachable: this.behavior.udp });
    if (this.behavior.neverJoins) this.peer.close();
    return answer;
  }

  /** Runs an action later, unless the call has ended by then. @param {number} ms @param {() => void} action */
  later(ms, action) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  /** @param {NodeJS.Timeout | undefined} timer */
  forget(timer) {
    if (!timer) return;
    clearTimeout(timer);
    this.#timers.delete(timer);
  }

  /** Sends an event to the channel and every sideband. @param {{ type: string, [name: string]: any }} event */
  send(event) {
    if (this.ended) return;
    const sent = { event_id: newId('event'), ...event };
    this.log.push({ at: new Date().toISOString(), from: 'provider', event: sent });
    const text = JSON.stringify(sent);
    if (this.reachesChannel(sent)) this.peer.send(text);
    for (const sideband of this.#sidebands) sideband.send(text);
  }

  /** Sends an event to the sidebands without logging it, because it carries sound. @param {object} event */
  sendToSidebands(event) {
    if (this.ended || this.#sidebands.size === 0) return;
    const text = JSON.stringify(event);
    for (const sideband of this.#sidebands) sideband.send(text);
  }

  /** @param {import('ws').WebSocket} socket */
  attach(socket) {
    this.#sidebands.add(socket);
    this.#sidebandsEver++;
    socket.on('message', (data) => this.#receive(String(data), 'sideband'));
    socket.on('close', () => this.#sidebands.delete(socket));
    socket.on('error', () => {});
    const { dropSidebandAfterMs } = this.behavior;
    if (dropSidebandAfterMs !== null) this.later(dropSidebandAfterMs, () => socket.close(1011, 'server error'));
    if (this.behavior.sidebandGreets && this.connectedAt)
      socket.send(JSON.stringify({ event_id: newId('event'), ...this.greeting() }));
    this.#sendWrongSession();
  }

  #channelOpened() {
    this.connectedAt ??= new Date().toISOString();
    this.send(this.greeting());
    this.#sendWrongSession();
  }

  #sendWrongSession() {
    if (
      !this.behavior.wrongSession ||
      this.#wronged ||
      !this.connectedAt ||
      (this.hasSideband && this.#sidebandsEver === 0)
    )
      return;
    this.#wronged = true;
    this.later(50, () => this.send(this.wrongUpdate()));
  }

  /** @param {string} text @param {From} from */
  #receive(text, from) {
    if (this.ended) return;
    /** @type {any} */
    let event = text;
    try {
      event = JSON.parse(text);
    } catch {
      // Invalid JSON is logged as text. The protocol refuses it.
    }
    this.log.push({ at: new Date().toISOString(), from, event });
    try {
      this.take(event, from);
    } catch (error) {
      console.error(error);
      this.send({
        type: 'error',
        error: { type: 'server_error', code: 'server_error', message: 'The simulator failed. See its log.' },
      });
    }
  }

  /** @param {Int16Array} samples */
  #hear(samples) {
    if (this.ended) return;
    const loudness = level(samples);
    if (loudness >= HEARD_LEVEL) {
      this.heardMs += 10;
      this.heardPeak = Math.max(this.heardPeak, peak(samples));
    }
    this.hear(loudness, samples);
  }

  /** @param {End} how */
  async end(how) {
    if (this.ended) return;
    this.ended = { at: new Date().toISOString(), how };
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.peer.speaker.stop();
    if (how !== 'killed') await this.peer.flush();
    for (const sideband of this.#sidebands) {
      if (how === 'killed') sideband.terminate();
      else sideband.close(1000);
    }
    this.peer.close();
  }

  describe() {
    return {
      id: this.id,
      provider: this.provider,
      account: this.account,
      state: this.ended ? 'ended' : this.connectedAt ? 'connected' : 'connecting',
      openedAt: this.openedAt,
      connectedAt: this.connectedAt,
      endedAt: this.ended?.at ?? null,
      end: this.ended?.how ?? null,
      heardSeconds: this.heardMs / 1000,
      heardPeak: this.heardPeak,
      spokenSeconds: this.peer.speaker.playedMs / 1000,
      received: this.received,
      safetyIdentifier: this.safetyIdentifier,
      sidebands: { now: this.#sidebands.size, ever: this.#sidebandsEver },
      clientEvents: this.log.filter((entry) => entry.from !== 'provider'),
    };
  }

  // Each protocol implements the following.

  /** The first event on the channel. @returns {{ type: string }} */
  greeting() {
    throw new Error('Not implemented by this protocol.');
  }

  /** @returns {{ type: string }} */
  wrongUpdate() {
    throw new Error('Not implemented by this protocol.');
  }

  /** @param {any} _event parsed, or the text if it is not JSON @param {From} _from */
  take(_event, _from) {
    throw new Error('Not implemented by this protocol.');
  }

  /** @param {number} _level of the next 10 ms, 0 to 1 @param {Int16Array} _samples 48 kHz mono */
  hear(_level, _samples) {
    throw new Error('Not implemented by this protocol.');
  }

  /** The session's lifetime is over. @returns {Promise<void>} */
  async expire() {
    throw new Error('Not implemented by this protocol.');
  }

  /** Whether the browser also gets this event. @param {{ type: string }} _event */
  reachesChannel(_event) {
    return true;
  }
}
