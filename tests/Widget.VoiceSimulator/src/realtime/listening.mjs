// @ts-check
import { FRAME_MS } from '../audio/pcm.mjs';
import { Utterances } from '../audio/utterances.mjs';
import { VoiceActivity } from '../audio/vad.mjs';
import { invalid } from '../provider/errors.mjs';
import { newId } from '../provider/ids.mjs';
import { turnTaking } from './session.mjs';
import { transcribe } from './transcription.mjs';

/** Frames of a push-to-talk turn from this level on are voiced. */
const VOICE_LEVEL = 0.016;
/** A turn with less voiced sound has no words. */
const SHORTEST_VOICE_MS = 60;
const SHORTEST_BUFFER_MS = 100;
/** The delay between the start of speech and its detection. */
const DETECTION_MS = 120;

/** The input audio buffer. Detects the visitor's turns, or takes them as the client commits them. */
export class Listening {
  #ms = 0;
  #buffer = { ms: 0, voicedMs: 0 };
  #utterances = /** @type {Utterances | null} */ (null);
  #paddingMs = 0;
  #settings = '';
  #itemId = '';
  #idle = /** @type {NodeJS.Timeout | undefined} */ (undefined);

  /** @param {import('./call.mjs').RealtimeCall} call */
  constructor(call) {
    this.call = call;
    this.configure();
  }

  get #turns() {
    return this.call.session.audio.input.turn_detection;
  }

  /** Applies the session's turn detection if it has changed. */
  configure() {
    const settings = JSON.stringify(this.#turns);
    if (settings === this.#settings) return;
    this.#settings = settings;
    const turns = turnTaking(this.call.session);
    this.#utterances?.stop();
    this.#utterances =
      turns &&
      new Utterances(new VoiceActivity(turns), (ms) => this.call.peer.reception.missing(ms), {
        started: () => this.#started(),
        stopped: () => this.#stopped(),
      });
    this.#paddingMs = turns?.paddingMs ?? 0;
  }

  /** @param {number} level of the next 10 ms */
  hear(level) {
    this.#ms += FRAME_MS;
    this.#buffer.ms += FRAME_MS;
    if (level >= (this.#utterances?.vad.level ?? VOICE_LEVEL)) this.#buffer.voicedMs += FRAME_MS;
    this.#utterances?.hear(level);
  }

  #started() {
    this.call.forget(this.#idle);
    this.#itemId = newId('item');
    const padding = Math.min(this.#paddingMs + DETECTION_MS, this.#ms);
    this.#buffer = { ms: padding, voicedMs: Math.min(DETECTION_MS, this.#buffer.voicedMs) };
    this.call.send({
      type: 'input_audio_buffer.speech_started',
      audio_start_ms: this.#ms - padding,
      item_id: this.#itemId,
    });
    if (this.#turns.interrupt_response) this.call.responses.interrupt();
  }

  #stopped() {
    this.call.send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: this.#ms, item_id: this.#itemId });
    this.#commitItem(this.#itemId);
    if (this.#turns.create_response) this.call.responses.createForTurn();
  }

  /** The client commits the buffer. */
  commit() {
    const { ms } = this.#buffer;
    if (ms < SHORTEST_BUFFER_MS) {
      const text = `Error committing input audio buffer: buffer too small. Expected at least ${SHORTEST_BUFFER_MS}ms of audio, but buffer only has ${ms.toFixed(2)}ms of audio.`;
      throw invalid('input_audio_buffer_commit_empty', text);
    }
    const itemId = this.#utterances?.speaking ? this.#itemId : newId('item');
    this.#restartDetection();
    this.#commitItem(itemId);
  }

  clear() {
    this.#restartDetection();
    this.#buffer = { ms: 0, voicedMs: 0 };
    this.call.send({ type: 'input_audio_buffer.cleared' });
  }

  #restartDetection() {
    this.#settings = '';
    this.configure();
  }

  /** Turns the buffer into an item of the conversation. @param {string} itemId */
  #commitItem(itemId) {
    const { ms, voicedMs } = this.#buffer;
    this.#buffer = { ms: 0, voicedMs: 0 };
    const { conversation } = this.call;
    this.call.send({
      type: 'input_audio_buffer.committed',
      previous_item_id: conversation.last?.id ?? null,
      item_id: itemId,
    });
    /** @type {import('./conversation.mjs').Item} */
    const item = {
      id: itemId,
      object: 'realtime.item',
      type: 'message',
      status: 'completed',
      role: 'user',
      content: [{ type: 'input_audio', transcript: null }],
    };
    conversation.setSound(itemId, ms);
    conversation.add(item);
    conversation.done(item);
    const words = voicedMs >= SHORTEST_VOICE_MS ? this.call.script.nextUtterance() : '';
    this.call.lastHeard = words;
    transcribe(this.call, item, words, ms);
  }

  /** The assistant has finished speaking. After idle_timeout_ms of silence it speaks again. */
  waitForVisitor() {
    this.call.forget(this.#idle);
    const after = this.#turns?.idle_timeout_ms;
    if (!after) return;
    const from = this.#ms;
    this.#idle = this.call.later(after, () => {
      if (this.#utterances?.speaking || this.call.responses.isActive) return;
      const itemId = newId('item');
      this.call.send({
        type: 'input_audio_buffer.timeout_triggered',
        audio_start_ms: from,
        audio_end_ms: this.#ms,
        item_id: itemId,
      });
      this.#buffer.voicedMs = 0;
      this.#commitItem(itemId);
      this.call.responses.createForTurn();
    });
  }
}
