/** The server's stream of spoken sentences: parses its events, decodes the sound, and continues once after a broken connection. */
import { ApiError } from '../app/api';
import { readEvents } from '../app/transport/sse';
import type { TextRange } from './model';

export interface Word extends TextRange {
  /** Seconds from the beginning of the sentence's sound. */
  at: number;
  until: number;
}

/** A spoken sentence. */
export interface Clip extends TextRange {
  index: number;
  words: Word[];
  sound: AudioBuffer;
}

/** A sentence whose sound is still arriving. */
interface PendingClip extends TextRange {
  index: number;
  words: Word[];
  pieces: Uint8Array<ArrayBuffer>[];
}

/** The data of an event. Each event has some of the fields. */
interface EventData {
  index: number;
  start: number;
  end: number;
  data: string;
  words: Word[];
}

export interface SpeechStreamListener {
  clip(clip: Clip): void;
  /** The times of the words of an earlier clip. */
  words(index: number, words: Word[]): void;
  /** The answer starts again, and with it the stream. */
  restarted(): void;
  finished(outcome: 'done' | 'failed'): void;
}

/** The server never pauses for longer. */
const silenceTimeout = 30_000;

export class SpeechStream {
  /** Where the last complete sentence ends in the answer. */
  end = 0;
  readonly #abort = new AbortController();
  #pending: PendingClip | undefined;
  /** The index of the next sentence. */
  #next = 0;
  #outcome: 'done' | 'failed' | undefined;
  #stopped = false;

  /** @param request Requests the stream from a sentence on. */
  constructor(
    private readonly request: (firstSentence: number, signal: AbortSignal) => Promise<Response>,
    private readonly decode: (data: ArrayBuffer) => Promise<AudioBuffer>,
    private readonly listener: SpeechStreamListener,
  ) {}

  async run(): Promise<void> {
    for (let isRetry = false; !this.#stopped && !this.#outcome; isRetry = true) {
      try {
        await this.#readToEnd();
      } catch (error) {
        this.#pending = undefined;
        // A refusal (ApiError), a timeout or undecodable sound (DOMException) would only repeat.
        if (isRetry || error instanceof ApiError || error instanceof DOMException) this.#outcome = 'failed';
      }
    }
    if (!this.#stopped && this.#outcome) this.listener.finished(this.#outcome);
  }

  stop(): void {
    this.#stopped = true;
    this.#abort.abort();
  }

  async #readToEnd(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const restartTimer = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#abort.abort(), silenceTimeout);
    };
    restartTimer();
    try {
      const { body } = await this.request(this.#next, this.#abort.signal);
      if (!body) throw new Error('The response has no body.');
      for await (const { event, data } of readEvents(body)) {
        if (this.#stopped) return;
        restartTimer();
        await this.#handle(event, JSON.parse(data) as EventData);
        if (this.#outcome) return;
      }
      throw new Error('The stream ended early.');
    } finally {
      clearTimeout(timer);
    }
  }

  async #handle(event: string, { index, start, end, data, words }: EventData): Promise<void> {
    const clip = this.#pending?.index === index ? this.#pending : undefined;
    switch (event) {
      case 'sentence':
        this.#pending = { index, start, end, words: [], pieces: [] };
        break;
      case 'audio':
        clip?.pieces.push(Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)));
        break;
      case 'words':
        if (clip) clip.words = words;
        else this.listener.words(index, words);
        break;
      case 'spoken':
        if (clip) await this.#complete(clip);
        break;
      case 'restart':
        this.#pending = undefined;
        this.#next = this.end = 0;
        this.listener.restarted();
        break;
      case 'done':
        this.#outcome = 'done';
        break;
      case 'error':
        this.#outcome = 'failed';
    }
  }

  async #complete(pending: PendingClip): Promise<void> {
    const { pieces, ...place } = pending;
    // A sentence without sound, for example of punctuation, is skipped.
    const sound = pieces.length > 0 ? await this.decode(await new Blob(pieces).arrayBuffer()) : undefined;
    if (this.#isStopped()) return;
    this.#pending = undefined;
    this.#next = pending.index + 1;
    this.end = pending.end;
    if (sound) this.listener.clip({ ...place, words: pending.words, sound });
  }

  // A method, because TypeScript assumes that a field does not change during an await.
  #isStopped(): boolean {
    return this.#stopped;
  }
}
