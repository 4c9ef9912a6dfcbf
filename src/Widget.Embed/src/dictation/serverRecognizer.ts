/** Dictation by a recording that the server transcribes. */
import { ApiError } from '../app/api';
import { unlockAudio } from '../app/speech';
import { isAllowedByPage, toDeviceError } from '../media/deviceError';
import {
  endSilence,
  maxDuration,
  startSilence,
  type DictationError,
  type Recognizer,
  type RecognizerListener,
} from './recognizer';

/** Recording formats, the most widely supported first. If the browser has none of them, it chooses. */
const types = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
/** The RMS of samples between -1 and 1 above which sound counts as speech. */
const speechThreshold = 0.012;

export class ServerRecognizer implements Recognizer {
  #stream: MediaStream | undefined;
  #recorder: MediaRecorder | undefined;
  #meter: ReturnType<typeof setInterval> | undefined;
  #limit: ReturnType<typeof setTimeout> | undefined;
  #source: MediaStreamAudioSourceNode | undefined;
  #isSilent = false;
  #over = false;
  readonly #abort = new AbortController();

  constructor(
    private readonly transcribe: (sound: Blob, signal: AbortSignal) => Promise<string>,
    private readonly listener: RecognizerListener,
  ) {
    void this.#begin();
  }

  finish(): void {
    if (this.#recorder?.state === 'recording') this.#recorder.stop();
    // The browser still asks for permission.
    else if (!this.#recorder) this.#fail('no_speech');
  }

  stop(): void {
    this.#over = true;
    this.#abort.abort();
    this.#close();
  }

  async #begin(): Promise<void> {
    try {
      if (!('mediaDevices' in navigator)) {
        this.#fail('insecure');
        return;
      }
      if (!isAllowedByPage('microphone')) {
        this.#fail('policy');
        return;
      }
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
      // The visitor may answer the prompt after the dictation has ended.
      if (this.#over) {
        this.#close();
        return;
      }
      this.#record(this.#stream);
    } catch (error) {
      this.#fail(toDeviceError(error, 'microphone'));
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
      if (this.#isSilent) this.#fail('no_speech');
      else void this.#transcribe(new Blob(pieces, { type: recorder.mimeType }));
    };
    // The device may be unplugged.
    for (const track of stream.getTracks()) track.onended = () => this.finish();
    recorder.start();
    this.#recorder = recorder;
    this.#limit = setTimeout(() => this.finish(), maxDuration);
    this.#finishAtSilence(stream);
    this.listener.hearing();
  }

  /** Ends the recording when the visitor stops speaking. */
  #finishAtSilence(stream: MediaStream): void {
    const context = unlockAudio();
    if (!context) return;
    this.#source = context.createMediaStreamSource(stream);
    const analyser = context.createAnalyser();
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let heard = false;
    let last = Date.now();
    this.#meter = setInterval(() => {
      // A suspended context delivers only silence.
      if (context.state !== 'running') last = Date.now();
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      if (Math.sqrt(power) > speechThreshold) [heard, last] = [true, Date.now()];
      if (Date.now() - last < (heard ? endSilence : startSilence)) return;
      this.#isSilent = !heard;
      this.finish();
    }, 100);
  }

  async #transcribe(sound: Blob): Promise<void> {
    this.listener.writing();
    try {
      const text = (await this.transcribe(sound, this.#abort.signal)).trim();
      if (this.#over) return;
      if (text === '') {
        this.#fail('no_speech');
        return;
      }
      this.stop();
      this.listener.done(text);
    } catch (error) {
      this.#fail('not_transcribed', error instanceof ApiError && error.status < 500 ? error.message : undefined);
    }
  }

  #fail(error: DictationError, serverMessage?: string): void {
    if (this.#over) return;
    this.stop();
    this.listener.failed(error, serverMessage);
  }

  /** Stops every track that was opened here. */
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
