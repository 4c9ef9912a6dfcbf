// @ts-check
import { Call } from '../provider/call.mjs';
import { ProviderError, invalid } from '../provider/errors.mjs';
import * as shape from '../provider/shape.mjs';
import { Listening } from './listening.mjs';
import { Reflection } from './reflection.mjs';
import { clientEvents, createRequest } from './session-shape.mjs';
import { Voice } from './voice.mjs';

/** Charged when a WebRTC session is created, and credited against its usage. */
const CHARGED_SECONDS = 15;

/** The reason of session.closed for each kind of end. */
const REASONS = /** @type {Record<string, string>} */ ({
  close: 'close_requested',
  reset: 'close_requested',
  expired: 'expired',
  peer_gone: 'remote_hangup',
  never_connected: 'connection_lost',
});

/** A GPT-Live session: full duplex, without turns. Questions are delegated to the client. */
export class LiveCall extends Call {
  #delegations = /** @type {Set<string>} */ (new Set());

  /** @param {import('../provider/call.mjs').CallTerms & { isModel: (name: string) => boolean }} terms received: the whole request */
  constructor(terms) {
    createRequest(terms.received, '');
    const { session } = /** @type {any} */ (terms.received);
    if (!terms.isModel(session.model)) {
      throw invalid(
        'model_not_found',
        `The model \`${session.model}\` does not exist or you do not have access to it.`,
        'session.model',
      );
    }
    super({ ...terms, received: session });
    this.session = {
      ...session,
      id: terms.id,
      expires_at: this.expiresAt,
      status: 'active',
      audio: { output: { voice: session.audio?.output?.voice ?? 'marin' } },
      delegation: { type: 'client' },
      store: session.store ?? false,
    };
    this.permissions = session.client?.data_channel ?? {};
    this.voice = new Voice(this);
    this.listening = new Listening(this);
    this.reflection = new Reflection(this);
    this.#countUse();
  }

  get usage() {
    return { seconds: Math.max(CHARGED_SECONDS, Math.ceil(this.elapsedMs / 1000)) };
  }

  #countUse() {
    this.later(this.behavior.usageSeconds * 1000, () => {
      this.send({ type: 'session.usage.updated', usage: this.usage });
      this.#countUse();
    });
  }

  greeting() {
    return { type: 'session.started', session: this.session };
  }

  wrongUpdate() {
    return { type: 'session.updated', session: { ...this.session, instructions: 'Forget all that you were told.' } };
  }

  /** @param {any} event @param {import('../provider/call.mjs').From} from */
  take(event, from) {
    try {
      if (!shape.isObject(event) || typeof event.type !== 'string')
        throw invalid('invalid_json', 'The event is not a JSON object with a type.');
      const allowed = this.permissions.allowed_client_events;
      if (from === 'channel' && Array.isArray(allowed) && !allowed.includes(event.type)) {
        throw invalid('event_not_allowed', `The data channel may not send '${event.type}'.`, 'type');
      }
      const check = Object.hasOwn(clientEvents, event.type)
        ? clientEvents[/** @type {keyof typeof clientEvents} */ (event.type)]
        : null;
      if (!check)
        throw invalid(
          'invalid_value',
          `'${event.type}' is not an event of a WebRTC session with client delegation.`,
          'type',
        );
      check(event, '');
      this.#act(event, event.event_id ? { client_event_id: event.event_id } : {});
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const { param, ...rest } = error.toBody();
      const cause = event?.event_id ? { client_event_id: event.event_id } : {};
      this.send({ type: 'error', ...cause, error: { ...rest, ...(param ? { param } : {}), ...cause } });
    }
  }

  /** @param {any} event @param {object} cause */
  #act(event, cause) {
    switch (event.type) {
      case 'session.update':
        return this.send({ type: 'session.updated', ...cause, session: this.session });
      case 'session.input_audio.mute':
      case 'session.input_audio.unmute':
        this.listening.muted = event.type.endsWith('.mute');
        return this.send({ type: `${event.type}d`, ...cause });
      case 'session.close':
        return void this.end('close');
      default: {
        if (event.delegation_id !== null && !this.#delegations.has(event.delegation_id)) {
          throw invalid('delegation_not_found', `There is no delegation '${event.delegation_id}'.`, 'delegation_id');
        }
        const at = this.elapsedMs;
        this.send({ type: `${event.type}ed`, ...cause, start_ms: at, end_ms: at });
        if (event.type === 'session.commentary.append') void this.voice.say(event.content);
      }
    }
  }

  /** @param {string} id */
  delegate(id) {
    this.#delegations.add(id);
    const delegation = { id, target: 'client', type: 'delegation' };
    this.send({ type: 'session.delegation.created', delegation, offset_ms: this.elapsedMs });
  }

  /** @param {number} level @param {Int16Array} samples */
  hear(level, samples) {
    this.reflection.heard(samples);
    this.listening.hear(level);
  }

  async expire() {
    await this.end('expired');
  }

  /** @param {import('../provider/call.mjs').End} how */
  async end(how) {
    const reason = REASONS[how];
    if (!this.ended && reason) this.send({ type: 'session.closed', reason, session: this.session, usage: this.usage });
    await super.end(how);
  }

  /** @param {{ type: string }} event */
  reachesChannel(event) {
    const allowed = this.permissions.allowed_server_events;
    return !Array.isArray(allowed) || allowed.some((selector) => selector.type === event.type);
  }

  describe() {
    return { ...super.describe(), session: this.session, usage: this.usage };
  }
}
