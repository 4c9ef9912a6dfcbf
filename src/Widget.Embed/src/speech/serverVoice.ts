/**
 * Reads an answer with the server's voice. Sentences arrive as a stream, and each is scheduled to begin exactly where the one before it
 * ends. An AudioContext plays decoded sound under any content security policy.
 */
import type { Reading, ReadingListener, Settings } from './model';
import { SpeechStream, type Clip, type Word } from './speechStream';
import { stretch } from './stretch';

/** A scheduled clip. Times are in the context's seconds, the offset in the clip's own. */
interface Playing {
  clip: Clip;
  source: AudioBufferSourceNode;
  offset: number;
  rate: number;
  begins: number;
  ends: number;
}

const wordInterval = 40;
const resumeTimeout = 1_000;

/** "playback" makes an iPhone play sound although its silent switch is on (Audio Session API, Safari only). */
function setAudioSession(type: 'auto' | 'playback'): void {
  const { audioSession } = navigator as { audioSession?: { type: string } };
  if (audioSession) audioSession.type = type;
}

export class ServerReading implements Reading {
  readonly #gain: GainNode;
  readonly #stream: SpeechStream;
  /** Clips that are decoded and not scheduled. */
  #queue: Clip[] = [];
  #current: Playing | undefined;
  #next: Playing | undefined;
  #outcome: 'done' | 'failed' | undefined;
  #paused = false;
  #stopped = false;
  #resuming = false;
  #wordTimer: ReturnType<typeof setInterval> | undefined;

  /** @param request Requests the stream from a sentence on. */
  constructor(
    request: (firstSentence: number, signal: AbortSignal) => Promise<Response>,
    private readonly context: AudioContext,
    private readonly settings: Readonly<Settings>,
    private readonly listener: ReadingListener,
  ) {
    this.#gain = context.createGain();
    this.#gain.connect(context.destination);
    this.#applyVolume();
    setAudioSession('playback');
    this.#stream = new SpeechStream(request, (data) => context.decodeAudioData(data), {
      clip: (clip) => {
        this.#queue.push(clip);
        void this.#advance();
      },
      words: (index, words) => this.#setWords(index, words),
      restarted: () => {
        this.#silence();
        this.#queue = [];
        this.listener.spoken();
      },
      finished: (outcome) => {
        this.#outcome = outcome;
        void this.#advance();
      },
    });
    void this.#stream.run();
  }

  pause(): void {
    this.#paused = true;
    void this.context.suspend().catch(() => undefined);
  }

  resume(): void {
    this.#paused = false;
    void this.context.resume().catch(() => undefined);
    void this.#advance();
  }

  skip(): void {
    this.#requeueNext();
    this.resume();
  }

  changed(): void {
    this.#applyVolume();
    if (!this.#current || this.#current.rate === this.settings.rate) return;
    const { clip } = this.#current;
    const offset = this.#position(this.#current);
    this.#requeueNext();
    this.#current = this.#schedule(clip, offset, this.context.currentTime);
    this.#scheduleNext();
  }

  stop(): void {
    this.#stopped = true;
    this.#stream.stop();
    this.#silence();
    this.#gain.disconnect();
    setAudioSession('auto');
  }

  /** Plays the next clip if nothing is playing, and schedules the one after it. */
  async #advance(): Promise<void> {
    if (this.#stopped || this.#paused || this.#resuming) return;
    const isDue = !this.#current && this.#queue.length > 0;
    if (isDue && this.context.state !== 'running' && !(await this.#resumeContext())) return;
    const clip = this.#current ? undefined : this.#queue.shift();
    if (clip) {
      this.#current = this.#schedule(clip, 0, this.context.currentTime);
      this.#reportWords();
    }
    if (this.#current) this.#scheduleNext();
    else this.#nothingToPlay();
  }

  #nothingToPlay(): void {
    if (!this.#outcome) {
      this.listener.spoken();
      return;
    }
    this.stop();
    if (this.#outcome === 'done') this.listener.done();
    else this.listener.failed('failed', this.#stream.end);
  }

  /** Whether the browser lets the context play. */
  async #resumeContext(): Promise<boolean> {
    this.#resuming = true;
    // While the browser waits for a click or key, `resume` does not settle.
    const timeout = new Promise((resolve) => setTimeout(resolve, resumeTimeout));
    await Promise.race([this.context.resume(), timeout]).catch(() => undefined);
    this.#resuming = false;
    if (this.#stopped || this.#paused) return false;
    if (this.context.state === 'running') return true;
    this.#paused = true;
    this.listener.blocked();
    return false;
  }

  #scheduleNext(): void {
    const clip = this.#next ? undefined : this.#queue.shift();
    if (clip && this.#current) this.#next = this.#schedule(clip, 0, this.#current.ends);
  }

  #schedule(clip: Clip, offset: number, when: number): Playing {
    const { rate } = this.settings;
    const source = this.context.createBufferSource();
    source.buffer = this.#stretched(clip.sound, offset, rate);
    source.connect(this.#gain);
    source.start(when);
    source.onended = () => {
      if (this.#current?.source !== source) return;
      this.#current = this.#next;
      this.#next = undefined;
      if (this.#current) this.#reportWords();
      void this.#advance();
    };
    return { clip, source, offset, rate, begins: when, ends: when + source.buffer.duration };
  }

  #stretched(sound: AudioBuffer, offset: number, rate: number): AudioBuffer {
    if (rate === 1 && offset === 0) return sound;
    const from = Math.min(sound.length - 1, Math.round(offset * sound.sampleRate));
    // Speech is mono; if it comes as stereo, each channel has all of it.
    const samples = stretch(sound.getChannelData(0).subarray(from), rate, sound.sampleRate);
    const result = this.context.createBuffer(1, Math.max(1, samples.length), sound.sampleRate);
    result.copyToChannel(new Float32Array(samples), 0);
    return result;
  }

  /** Reports the current sentence, then each word when it is heard. */
  #reportWords(): void {
    clearInterval(this.#wordTimer);
    if (!this.#current) return;
    let reported: Word | undefined;
    this.listener.spoken(this.#current.clip);
    this.#wordTimer = setInterval(() => {
      if (!this.#current || this.#paused) return;
      const position = this.#position(this.#current);
      const word = this.#current.clip.words.findLast(({ at }) => at <= position);
      if (word === reported) return;
      reported = word;
      this.listener.spoken(this.#current.clip, word);
    }, wordInterval);
  }

  #setWords(index: number, words: Word[]): void {
    const clips = [this.#current?.clip, this.#next?.clip, ...this.#queue];
    const clip = clips.find((other) => other?.index === index);
    if (clip) clip.words = words;
  }

  /** The position in the clip that is heard now, in seconds. */
  #position({ begins, offset, rate }: Playing): number {
    // Safari does not report its output latency.
    const latency = (this.context as { outputLatency?: number }).outputLatency ?? 0;
    return offset + Math.max(0, this.context.currentTime - latency - begins) * rate;
  }

  #applyVolume(): void {
    this.#gain.gain.value = this.settings.muted ? 0 : 1;
  }

  /** Stops the sound, and puts the scheduled clip back into the queue. */
  #requeueNext(): void {
    const next = this.#next?.clip;
    this.#silence();
    if (next) this.#queue.unshift(next);
  }

  #silence(): void {
    clearInterval(this.#wordTimer);
    for (const playing of [this.#current, this.#next]) {
      if (!playing) continue;
      playing.source.onended = null;
      playing.source.stop();
      playing.source.disconnect();
    }
    this.#current = this.#next = undefined;
  }
}
