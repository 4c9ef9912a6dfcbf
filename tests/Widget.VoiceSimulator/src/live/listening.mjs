// @ts-check
import { Utterances } from '../audio/utterances.mjs';
import { VoiceActivity } from '../audio/vad.mjs';
import { newId } from '../provider/ids.mjs';

/** While the visitor speaks, one word is transcribed per interval; the rest follows when they stop. */
const WORD_MS = 280;

/** Transcribes the visitor's speech while they speak, and delegates their questions. */
export class Listening {
  #utterances;
  #words = /** @type {string[]} */ ([]);
  #sinceWord = 0;
  muted = false;

  /** @param {import('./call.mjs').LiveCall} call */
  constructor(call) {
    this.call = call;
    const vad = new VoiceActivity({ threshold: 0.5, silenceMs: 500 });
    this.#utterances = new Utterances(vad, (ms) => call.peer.reception.missing(ms), {
      started: () => {
        call.voice.stop();
        this.#words = call.script.nextUtterance().match(/\S+\s*/g) ?? [];
        this.#sinceWord = 0;
      },
      stopped: () => {
        this.#transcribe(this.#words.length);
        this.#answer();
      },
    });
  }

  /** @param {number} level of the next 10 ms */
  hear(level) {
    this.#utterances.hear(this.muted ? 0 : level);
    if (!this.#utterances.speaking || (this.#sinceWord += 10) < WORD_MS) return;
    this.#sinceWord = 0;
    this.#transcribe(1);
  }

  /** @param {number} count */
  #transcribe(count) {
    const delta = this.#words.splice(0, count).join('');
    if (!delta) return;
    const end = this.call.elapsedMs;
    this.call.send({
      type: 'session.input_transcript.delta',
      delta,
      start_ms: Math.max(0, end - WORD_MS),
      end_ms: end,
    });
  }

  /** Speaks a scripted reply, as small talk. Anything else is delegated to the client. */
  #answer() {
    this.call.later(this.call.behavior.thinkingMs, () => {
      if (this.call.behavior.silent) return;
      const reply = this.call.script.nextReply();
      if (reply) void this.call.voice.say(reply);
      else this.call.delegate(newId('dlg'));
    });
  }
}
