// @ts-check
import { speak } from '../audio/espeak.mjs';
import { SAMPLE_RATE } from '../audio/pcm.mjs';

/** Speaks texts one after another, and transcribes them as they are spoken. */
export class Voice {
  #speaking = /** @type {{ silenced: boolean }} */ ({ silenced: false });

  /** @param {import('./call.mjs').LiveCall} call */
  constructor(call) {
    this.call = call;
  }

  /** @param {string} text */
  async say(text) {
    const { call } = this;
    const { voice } = call.session.audio.output;
    const turn = this.#speaking;
    const samples = await speak(text, typeof voice === 'string' ? voice : voice.id).catch((error) => {
      console.error(error);
      call.send({ type: 'error', error: { type: 'server_error', code: 'voice_unavailable', message: error.message } });
    });
    if (!samples || call.ended || turn.silenced) return;
    const ms = (samples.length / SAMPLE_RATE) * 1000;
    call.peer.speaker.play(samples, {
      started: () => {
        let before = 0;
        for (const delta of text.match(/\S+\s*/g) ?? []) {
          const from = (before / text.length) * ms;
          before += delta.length;
          const to = (before / text.length) * ms;
          call.later(from, () => {
            if (turn.silenced) return;
            const start = call.elapsedMs;
            call.send({
              type: 'session.output_transcript.delta',
              delta,
              start_ms: start,
              end_ms: Math.round(start + to - from),
            });
          });
        }
      },
      ended: () => {},
    });
  }

  /** The visitor speaks: stops the current text and drops the waiting ones. The protocol has no event for it. */
  stop() {
    this.#speaking.silenced = true;
    this.#speaking = { silenced: false };
    this.call.peer.speaker.cut();
  }
}
