/** How loud either side is. Analysers need no worklet, which strict pages would not let us load. */
import type { Speaker } from '../app/events';

/** Quieter than this is silence, louder is all there is to show; in dB of full scale. */
const quiet = -55;
const loud = -10;

interface Tap {
  source: MediaStreamAudioSourceNode;
  analyser: AnalyserNode;
  wave: Float32Array<ArrayBuffer>;
}

export class Levels {
  #context: AudioContext | undefined;
  readonly #taps: Partial<Record<Speaker, Tap>> = {};

  hear(speaker: Speaker, stream: MediaStream | undefined): void {
    this.#taps[speaker]?.source.disconnect();
    Reflect.deleteProperty(this.#taps, speaker);
    if (!stream || !('AudioContext' in window)) return;
    this.#context ??= new AudioContext();
    this.wake();
    const source = this.#context.createMediaStreamSource(stream);
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 1024;
    source.connect(analyser);
    this.#taps[speaker] = { source, analyser, wave: new Float32Array(analyser.fftSize) };
  }

  /** From 0 to 1. */
  of(speaker: Speaker): number {
    const tap = this.#taps[speaker];
    if (!tap) return 0;
    tap.analyser.getFloatTimeDomainData(tap.wave);
    return levelOf(tap.wave);
  }

  /** Where a browser lets nothing sound before a press. */
  wake(): void {
    if (this.#context?.state === 'suspended') void this.#context.resume().catch(() => undefined);
  }

  close(): void {
    this.hear('visitor', undefined);
    this.hear('assistant', undefined);
    void this.#context?.close();
    this.#context = undefined;
  }
}

/** The root mean square of samples from -1 to 1, on a scale of loudness from 0 to 1. */
export function levelOf(wave: Float32Array): number {
  const power = wave.reduce((sum, value) => sum + value * value, 0) / wave.length;
  const decibels = 10 * Math.log10(power);
  return Math.min(1, Math.max(0, (decibels - quiet) / (loud - quiet)));
}
