// @ts-check
import { Script } from './script.mjs';

const MARK = '(simulated) ';
const GREETING = 'Hello, can you hear me?';
const QUESTIONS = ['What do you offer?', 'What does it cost?', 'How can I reach you?'];
const INTRODUCTION =
  'Hello! I can hear you. This voice is simulated and does not understand words. ' +
  'Say anything, and I will treat it as a question and read out what I found.';

/**
 * For people who try the product without a key and with a real microphone. Each utterance counts as the next of a few questions, which are
 * marked as simulated, and the results are read aloud.
 */
export class DemoScript extends Script {
  #turns = 0;
  #question = /** @type {string | null} */ (null);
  #introduced = false;

  nextUtterance() {
    const turn = this.#turns++;
    this.#question = turn === 0 ? null : QUESTIONS[(turn - 1) % QUESTIONS.length];
    return MARK + (this.#question ?? GREETING);
  }

  nextReply() {
    if (this.#question || this.#introduced) return null;
    this.#introduced = true;
    return INTRODUCTION;
  }

  /** @param {string[]} offered */
  nextCalls(offered) {
    const query = this.#question;
    return query && offered.includes('search_knowledge') ? [{ name: 'search_knowledge', arguments: { query } }] : null;
  }
}
