/** Dictation by recording what is said and having the server write it down. */
import { ApiError } from '../app/api';
import { unlockAudio } from '../app/speech';
import { allowedByPage, troubleOf } from '../media/trouble';
import { longest, patience, silence, type DictationTrouble, type Ear, type EarListener } from './ear';

/** What browsers record, the most widely understood first; the browser's own choice where it knows none of them. */
const types = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
/** Louder is speech: the root of the mean square, of samples between -1 and 1. */
const threshold = 0.012;

export class RecorderEar implements Ear {
  #stream: MediaStream | undefined;
  #recorder: MediaRecorder | undefined;
  #meter: ReturnType<typeof setInterval> | undefined;
  #limit: ReturnType<typeof setTimeout> | undefined;
  #source: MediaStreamAudioSourceNode | undefined;
  #unheard = false;
  #over = false;
  readonly #aborting = new AbortController();

  constructor(
    private readonly transcribe: (sound: Blob, signal: AbortSignal) => Promise<string>,
    private readonly listener: EarListener,
  ) {
    void this.#begin();
  }

  finish(): void {
    if (this.#recorder?.state === 'recording') this.#recorder.stop();
    // Not even begun: the browser still asks.
    else if (!this.#recorder) this.#fail('unheard');
  }

  stop(): void {
    this.#over = true;
    this.#aborting.abort();
    this.#close();
  }

  async #begin(): Promise<void> {
    try {
      if (!('mediaDevices' in navigator)) {
        this.#fail('insecure');
        return;
      }
      if (!allowedByPage('microphone')) {
        this.#fail('policy');
        return;
      }
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
      // A question that is answered too late gets nothing that stays on.
      if (this.#over) {
        this.#close();
        return;
      }
      this.#record(this.#stream);
    } catch (error) {
      this.#fail(troubleOf(error, 'microphone'));
    }
  }

  #record(stream: MediaStream): void {
    const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, { ...(mimeType ? { mimeType } : {}), audioBitsPerSecond: 32_000 });
    const pieces: Blob[] = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.onstop = () => {
      this.#close();
      if (this.#over) return;
      if (this.#unheard) this.#fail('unheard');
      else void this.#write(new Blob(pieces, { type: recorder.mimeType }));
    };
    // The device was taken away.
    for (const track of stream.getTracks()) track.onended = () => this.finish();
    recorder.start();
    this.#recorder = recorder;
    this.#limit = setTimeout(() => this.finish(), longest);
    this.#listen(stream);
    this.listener.hearing();
  }

  /** Ends when somebody has spoken and is silent. */
  #listen(stream: MediaStream): void {
    const context = unlockAudio();
    if (!context) return;
    this.#source = context.createMediaStreamSource(stream);
    const analyser = context.createAnalyser();
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let heard = false;
    let last = Date.now();
    this.#meter = setInterval(() => {
      // A context that may not run yet hears nothing at all.
      if (context.state !== 'running') last = Date.now();
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      if (Math.sqrt(power) > threshold) [heard, last] = [true, Date.now()];
      if (Date.now() - last < (heard ? silence : patience)) return;
      this.#unheard = !heard;
      this.finish();
    }, 100);
  }

  async #write(sound: Blob): Promise<void> {
    this.listener.writing();
    try {
      const text = (await this.transcribe(sound, this.#aborting.signal)).trim();
      if (this.#over) return;
      if (text === '') {
        this.#fail('unheard');
        return;
      }
      this.stop();
      this.listener.done(text);
    } catch (error) {
      this.#fail('untranscribed', error instanceof ApiError && error.status < 500 ? error.message : undefined);
    }
  }

  #fail(trouble: DictationTrouble, problem?: string): void {
    if (this.#over) return;
    this.stop();
    this.listener.failed(trouble, problem);
  }

  /** Every track that was got here is stopped here. */
  #close(): void {
    clearInterval(this.#meter);
    clearTimeout(this.#limit);
    this.#source?.disconnect();
    if (this.#recorder?.state === 'recording') this.#recorder.stop();
    for (const track of this.#stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
  }
}
