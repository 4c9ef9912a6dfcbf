/** How loud each side is. Uses analysers, because a strict content security policy blocks audio worklets. */
import type { Speaker } from '../app/events';

/** The levels shown as 0 and as 1, in dBFS. */
const minDecibels = -55;
const maxDecibels = -10;

interface Meter {
  source: MediaStreamAudioSourceNode;
  analyser: AnalyserNode;
  samples: Float32Array<ArrayBuffer>;
}

export class Levels {
  #context: AudioContext | undefined;
  readonly #meters: Partial<Record<Speaker, Meter>> = {};

  listen(speaker: Speaker, stream: MediaStream | undefined): void {
    this.#meters[speaker]?.source.disconnect();
    Reflect.deleteProperty(this.#meters, speaker);
    if (!stream || !('AudioContext' in window)) return;
    this.#context ??= new AudioContext();
    this.wake();
    const source = this.#context.createMediaStreamSource(stream);
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 1024;
    source.connect(analyser);
    this.#meters[speaker] = { source, analyser, samples: new Float32Array(analyser.fftSize) };
  }

  /** From 0 to 1. */
  of(speaker: Speaker): number {
    const meter = this.#meters[speaker];
    if (!meter) return 0;
    meter.analyser.getFloatTimeDomainData(meter.samples);
    return levelOf(meter.samples);
  }

  /** Browsers suspend audio until the visitor has clicked or pressed a key. */
  wake(): void {
    if (this.#context?.state === 'suspended') void this.#context.resume().catch(() => undefined);
  }

  close(): void {
    this.listen('visitor', undefined);
    this.listen('assistant', undefined);
    void this.#context?.close();
    this.#context = undefined;
  }
}

/** The loudness (RMS, on a decibel scale) of samples from -1 to 1, as a number from 0 to 1. */
export function levelOf(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 10 * Math.log10(power);
  return Math.min(1, Math.max(0, (decibels - minDecibels) / (maxDecibels - minDecibels)));
}
