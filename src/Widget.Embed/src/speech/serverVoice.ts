/**
 * An answer read by the server's voice: sentence after sentence comes as events, is decoded and played, each from the very sample where the one
 * before it ends. Decoded sound played by an AudioContext needs nothing of a page's content security policy.
 */
import { ApiError } from '../app/api';
import { readEvents } from '../app/transport/sse';
import type { Place, Reading, ReadingListener, Settings } from './model';
import { stretch } from './stretch';

interface Word extends Place {
  /** Seconds from the beginning of the sentence's sound. */
  at: number;
  until: number;
}

interface Clip extends Place {
  index: number;
  words: Word[];
  pieces: Uint8Array<ArrayBuffer>[];
  sound?: AudioBuffer;
}

/** A clip on its way to the ear. Times are the context's, offsets the clip's own. */
interface Playing {
  clip: Clip;
  source: AudioBufferSourceNode;
  offset: number;
  rate: number;
  begins: number;
  ends: number;
}

/** What the stream says; every field is one event's. */
interface Update {
  index: number;
  start: number;
  end: number;
  data: string;
  words: Word[];
}

/** An iPhone whose silent switch is on mutes what is not said to be for listening (Audio Session API; Safari alone has it). */
function session(type: 'auto' | 'playback'): void {
  const { audioSession } = navigator as { audioSession?: { type: string } };
  if (audioSession) audioSession.type = type;
}

/** The server is silent for no longer than this while it is well. */
const patience = 30_000;

export class ServerReading implements Reading {
  readonly #gain: GainNode;
  readonly #aborting = new AbortController();
  #coming: Clip | undefined;
  #ready: Clip[] = [];
  #now: Playing | undefined;
  #then: Playing | undefined;
  /** The index of the sentence that comes next. */
  #next = 0;
  /** Where the last one that came ends. */
  #end = 0;
  #over: 'done' | 'failed' | undefined;
  #paused = false;
  #stopped = false;
  #waking = false;
  #ticking: ReturnType<typeof setInterval> | undefined;

  /** @param ask Asks for the stream, without its first sentences. */
  constructor(
    private readonly ask: (skip: number, signal: AbortSignal) => Promise<Response>,
    private readonly context: AudioContext,
    private readonly settings: Readonly<Settings>,
    private readonly listener: ReadingListener,
  ) {
    this.#gain = context.createGain();
    this.#gain.connect(context.destination);
    this.#gain.gain.value = settings.muted ? 0 : 1;
    session('playback');
    void this.#listen();
  }

  pause(): void {
    this.#paused = true;
    void this.context.suspend().catch(() => undefined);
  }

  resume(): void {
    this.#paused = false;
    void this.context.resume().catch(() => undefined);
    void this.#go();
  }

  skip(): void {
    this.#paused = false;
    void this.context.resume().catch(() => undefined);
    const next = this.#then?.clip;
    this.#hush();
    if (next) this.#ready.unshift(next);
    void this.#go();
  }

  changed(): void {
    this.#gain.gain.value = this.settings.muted ? 0 : 1;
    if (!this.#now || this.#now.rate === this.settings.rate) return;
    const { clip } = this.#now;
    const offset = this.#position(this.#now);
    const next = this.#then?.clip;
    this.#hush();
    if (next) this.#ready.unshift(next);
    this.#now = this.#start(clip, offset, this.context.currentTime);
    this.#line();
  }

  stop(): void {
    this.#stopped = true;
    this.#aborting.abort();
    this.#hush();
    this.#gain.disconnect();
    session('auto');
  }

  async #listen(): Promise<void> {
    // A line that breaks is taken up once where it broke; what the server refuses, it would refuse again.
    for (let last = false; !this.#stopped && !this.#over; last = true) {
      try {
        await this.#follow();
      } catch (error) {
        this.#coming = undefined;
        if (last || error instanceof ApiError || error instanceof DOMException) this.#over = 'failed';
      }
    }
    if (!this.#stopped) void this.#go();
  }

  async #follow(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const alive = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#aborting.abort(), patience);
    };
    alive();
    try {
      const { body } = await this.ask(this.#next, this.#aborting.signal);
      if (!body) throw new Error('The response has no body.');
      for await (const { event, data } of readEvents(body)) {
        if (this.#stopped) return;
        alive();
        await this.#hear(event, JSON.parse(data) as Update);
        if (this.#over) return;
      }
      throw new Error('The stream ended.');
    } finally {
      clearTimeout(timer);
    }
  }

  async #hear(event: string, update: Update): Promise<void> {
    const clip = this.#coming;
    switch (event) {
      case 'sentence':
        this.#coming = { index: update.index, start: update.start, end: update.end, words: [], pieces: [] };
        break;
      case 'audio':
        if (clip?.index === update.index)
          clip.pieces.push(Uint8Array.from(atob(update.data), (letter) => letter.charCodeAt(0)));
        break;
      case 'words': {
        const known = [clip, this.#now?.clip, this.#then?.clip, ...this.#ready];
        const found = known.find((other) => other?.index === update.index);
        if (found) found.words = update.words;
        break;
      }
      case 'spoken':
        if (clip?.index === update.index) await this.#take(clip);
        break;
      case 'restart':
        this.#hush();
        this.#ready = [];
        this.#coming = undefined;
        this.#next = this.#end = 0;
        this.listener.spoken();
        break;
      case 'done':
        this.#over = 'done';
        break;
      case 'error':
        this.#over = 'failed';
    }
  }

  async #take(clip: Clip): Promise<void> {
    if (clip.pieces.length > 0) {
      clip.sound = await this.context.decodeAudioData(await new Blob(clip.pieces).arrayBuffer());
      clip.pieces = [];
      // It may have begun anew meanwhile, or been stopped.
      if (this.#stopped || this.#coming !== clip) return;
      this.#ready.push(clip);
    }
    this.#coming = undefined;
    this.#next = clip.index + 1;
    this.#end = clip.end;
    void this.#go();
  }

  /** Plays what there is to play, and lines up what comes after it. */
  async #go(): Promise<void> {
    if (this.#stopped || this.#paused || this.#waking) return;
    if (!this.#now && this.#ready.length > 0 && this.context.state !== 'running' && !(await this.#awake())) return;
    const clip = this.#now ? undefined : this.#ready.shift();
    if (clip) {
      this.#now = this.#start(clip, 0, this.context.currentTime);
      this.#tell();
    }
    if (this.#now) this.#line();
    else if (this.#over === 'done') this.#leave(() => this.listener.done());
    else if (this.#over) this.#leave(() => this.listener.failed('failed', this.#end));
    else this.listener.spoken();
  }

  /** Whether sound may be made. */
  async #awake(): Promise<boolean> {
    this.#waking = true;
    // Where a press is wanted first, the promise waits for it, too.
    const while_ = new Promise((resolve) => setTimeout(resolve, 1000));
    await Promise.race([this.context.resume(), while_]).catch(() => undefined);
    this.#waking = false;
    if (this.#stopped || this.#paused) return false;
    if (this.context.state === 'running') return true;
    this.#paused = true;
    this.listener.blocked();
    return false;
  }

  #line(): void {
    const clip = this.#then ? undefined : this.#ready.shift();
    if (clip && this.#now) this.#then = this.#start(clip, 0, this.#now.ends);
  }

  #start(clip: Clip, offset: number, when: number): Playing {
    const { rate } = this.settings;
    const source = this.context.createBufferSource();
    source.buffer = this.#stretched(clip, offset, rate);
    source.connect(this.#gain);
    source.start(when);
    source.onended = () => {
      if (this.#now?.source !== source) return;
      this.#now = this.#then;
      this.#then = undefined;
      if (this.#now) this.#tell();
      void this.#go();
    };
    return { clip, source, offset, rate, begins: when, ends: when + source.buffer.duration };
  }

  #stretched({ sound }: Clip, offset: number, rate: number): AudioBuffer {
    if (!sound) throw new Error('The clip has no sound.');
    if (rate === 1 && offset === 0) return sound;
    const from = Math.min(sound.length - 1, Math.round(offset * sound.sampleRate));
    // Speech has one channel; of a stereo one the first has all of it.
    const samples = stretch(sound.getChannelData(0).subarray(from), rate, sound.sampleRate);
    const result = this.context.createBuffer(1, Math.max(1, samples.length), sound.sampleRate);
    result.copyToChannel(new Float32Array(samples), 0);
    return result;
  }

  /** Says what is heard, and then each word as it comes. */
  #tell(): void {
    clearInterval(this.#ticking);
    const now = this.#now;
    if (!now) return;
    let told: Word | undefined;
    this.listener.spoken(now.clip);
    this.#ticking = setInterval(() => {
      if (!this.#now || this.#paused) return;
      const at = this.#position(this.#now);
      const word = this.#now.clip.words.findLast((other) => other.at <= at);
      if (word === told) return;
      told = word;
      this.listener.spoken(this.#now.clip, word);
    }, 40);
  }

  /** Seconds into the clip that are heard now. */
  #position({ begins, offset, rate }: Playing): number {
    // Safari does not know how long sound takes to the ear.
    const late = (this.context as { outputLatency?: number }).outputLatency ?? 0;
    return offset + Math.max(0, this.context.currentTime - late - begins) * rate;
  }

  #hush(): void {
    clearInterval(this.#ticking);
    for (const playing of [this.#now, this.#then]) {
      if (!playing) continue;
      playing.source.onended = null;
      playing.source.stop();
      playing.source.disconnect();
    }
    this.#now = this.#then = undefined;
  }

  #leave(tell: () => void): void {
    this.stop();
    tell();
  }
}
