// @ts-check
import { level, peak } from '../audio/pcm.mjs';
import { Peer } from '../peer/peer.mjs';
import { newId } from './ids.mjs';

/** From which level on a frame counts as heard: half of what the voice detector takes for a voice. */
const HEARD_LEVEL = 0.008;

/**
 * @typedef {'channel' | 'sideband'} From where a client's event came from
 * @typedef {'hangup' | 'close' | 'peer_gone' | 'expired' | 'killed' | 'reset' | 'never_connected'} End
 * @typedef {object} CallTerms
 * @property {string} id
 * @property {string} provider openai, azure, live or selfhosted
 * @property {string | null} account the key it was opened with
 * @property {() => import('../control/scenarios.mjs').Scenario} scenario what is scripted for it now
 * @property {object} received the session configuration as it was received
 * @property {string | null} [safetyIdentifier]
 */

/** A visitor's session with a provider: one WebRTC peer, any number of sidebands, and a log of what went over them. */
export class Call {
  #timers = /** @type {Set<NodeJS.Timeout>} */ (new Set());
  #sidebands = /** @type {Set<import('ws').WebSocket>} */ (new Set());
  #sidebandsEver = 0;
  #wronged = false;
  log = /** @type {{ at: string, from: From | 'provider', event: any }[]} */ ([]);
  ended = /** @type {{ at: string, how: End } | null} */ (null);
  connectedAt = /** @type {string | null} */ (null);
  /** Whether a server can take part in it. */
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

  /** Of the session's timeline. */
  get elapsedMs() {
    return Math.round(performance.now() - this.startedMs);
  }

  /** @param {string} offer @returns {Promise<string>} the SDP answer */
  async answer(offer) {
    const answer = await this.peer.answer(offer, { reachable: this.behavior.udp });
    if (this.behavior.neverJoins) this.peer.close();
    return answer;
  }

  /** Does something later, unless the call has ended by then. @param {number} ms @param {() => void} action */
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

  /** To the channel and every sideband. @param {{ type: string, [name: string]: any }} event */
  send(event) {
    if (this.ended) return;
    const sent = { event_id: newId('event'), ...event };
    this.log.push({ at: new Date().toISOString(), from: 'provider', event: sent });
    const text = JSON.stringify(sent);
    if (this.reachesChannel(sent)) this.peer.send(text);
    for (const sideband of this.#sidebands) sideband.send(text);
  }

  /** Sound for those who listen in; it is not logged. @param {object} event */
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
    this.#meddle();
  }

  #channelOpened() {
    this.connectedAt ??= new Date().toISOString();
    this.send(this.greeting());
    this.#meddle();
  }

  #meddle() {
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
      // Logged as it came; the protocol refuses it.
    }
    this.log.push({ at: new Date().toISOString(), from, event });
    try {
      this.take(event, from);
    } catch (error) {
      console.error(error);
      this.send({
        type: 'error',
        error: { type: 'server_error', code: 'server_error', message: 'The simulator has failed; its log says how.' },
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

  // What each protocol does in its own way.

  /** The first event on the channel. @returns {{ type: string }} */
  greeting() {
    throw new Error('Each protocol has its own.');
  }

  /** @returns {{ type: string }} */
  wrongUpdate() {
    throw new Error('Each protocol has its own.');
  }

  /** @param {any} _event parsed, or the text when it is not JSON @param {From} _from */
  take(_event, _from) {
    throw new Error('Each protocol has its own.');
  }

  /** @param {number} _level of the next 10 ms, 0 to 1 @param {Int16Array} _samples 48 kHz mono */
  hear(_level, _samples) {
    throw new Error('Each protocol has its own.');
  }

  /** The session has lived as long as it may. @returns {Promise<void>} */
  async expire() {
    throw new Error('Each protocol has its own.');
  }

  /** Whether the browser gets this event too. @param {{ type: string }} _event */
  reachesChannel(_event) {
    return true;
  }
}
