// @ts-check

/** Voice models, with the shutdown date if OpenAI has announced one. */
const ANNOUNCED = /** @type {Record<string, string | null>} */ ({
  'gpt-realtime-2.1': null,
  'gpt-realtime-2.1-mini': null,
  'gpt-realtime': '2027-01-20',
  'gpt-realtime-mini': '2027-01-20',
  'gpt-live-1': null,
  'gpt-transcribe': null,
  'gpt-live-transcribe': null,
  'gpt-realtime-whisper': null,
  'gpt-4o-transcribe': '2027-02-26',
  'gpt-4o-mini-transcribe': '2027-02-26',
  'whisper-1': '2027-02-26',
  'gpt-4o-mini-tts': '2027-01-06',
  'tts-1': '2027-01-06',
});

export const TRANSCRIPTION_MODELS = [
  'gpt-transcribe',
  'gpt-live-transcribe',
  'gpt-realtime-whisper',
  'gpt-4o-transcribe',
  'gpt-4o-mini-transcribe',
  'whisper-1',
];

export const VOICES = ['alloy', 'ash', 'ballad', 'coral', 'echo', 'sage', 'shimmer', 'verse', 'marin', 'cedar'];

/** The models that `/models` lists. Tests can add more. */
export class Catalog {
  #models = { ...ANNOUNCED };

  /** @param {Record<string, string | null>} models name to shutdown date, or null */
  add(models) {
    Object.assign(this.#models, models);
  }

  reset() {
    this.#models = { ...ANNOUNCED };
  }

  all() {
    return Object.keys(this.#models).map((id) => this.describe(id));
  }

  /** @param {string} id */
  has(id) {
    return Object.hasOwn(this.#models, id);
  }

  /** @param {string} id */
  describe(id) {
    return { id, object: 'model', created: 1_767_225_600, owned_by: 'system', shutdown_date: this.#models[id] };
  }

  /** Whether the model supports realtime sessions. @param {string} id */
  isRealtime(id) {
    return this.has(id) && id.startsWith('gpt-realtime') && id !== 'gpt-realtime-whisper';
  }
}
