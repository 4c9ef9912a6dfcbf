/**
 * Records a call in the host's page and uploads it in chunks while it runs, each with its checksum. So a page that is closed loses only the
 * last moments. Nothing is recorded before everybody has agreed.
 */
import { request } from '../app/api';
import { Mixer, type Source } from './mixer';

/** In milliseconds. A closed page loses at most this, and what is on its way. */
const chunkLength = 2_000;
const firstPause = 500;
const maxPause = 8_000;
const types = ['video/webm;codecs=vp8,opus', 'video/webm', 'video/mp4'];

export class Recorder {
  #mixer: Mixer | undefined;
  #recorder: MediaRecorder | undefined;
  #chunks = 0;
  #uploads: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;
  #failed = false;

  private constructor(
    private readonly api: string,
    readonly id: string,
    private readonly type: string,
    private readonly token: () => string,
    private readonly sources: () => Source[],
  ) {}

  /** The format that this browser can record; undefined if it can record none. */
  static get type(): string | undefined {
    return 'MediaRecorder' in globalThis ? types.find((type) => MediaRecorder.isTypeSupported(type)) : undefined;
  }

  /** Asks everybody in the call. */
  static async ask(api: string, roomId: string, token: () => string, sources: () => Source[]): Promise<Recorder> {
    const contentType = Recorder.type ?? 'video/webm';
    const response = await request(api, '/api/video/recordings', { token: token(), body: { roomId, contentType } });
    const { id } = (await response.json()) as { id: string };
    return new Recorder(api, id, contentType, token, sources);
  }

  /** Follows what the room says. It runs only while everybody agrees. */
  follow(state: 'waiting_for_consent' | 'recording' | 'paused' | 'finished' | 'failed'): void {
    if (this.#stopped) return;
    if (state === 'recording') {
      if (!this.#recorder) this.#start();
      else if (this.#recorder.state === 'paused') this.#recorder.resume();
    } else if (state === 'paused' && this.#recorder?.state === 'recording') {
      // What was recorded before the pause is sent now.
      this.#recorder.requestData();
      this.#recorder.pause();
    } else if (state === 'finished' || state === 'failed') void this.stop();
  }

  /** Stops, uploads what is left, and finishes the recording. */
  stop(): Promise<void> {
    this.#stopped ??= this.#finish();
    return this.#stopped;
  }

  #start(): void {
    this.#mixer = new Mixer(this.sources);
    this.#recorder = new MediaRecorder(this.#mixer.stream, { mimeType: this.type });
    this.#recorder.ondataavailable = ({ data }) => {
      if (data.size === 0) return;
      const number = this.#chunks++;
      this.#uploads = this.#uploads.then(() => this.#upload(number, data));
    };
    this.#recorder.start(chunkLength);
  }

  async #finish(): Promise<void> {
    const recorder = this.#recorder;
    if (recorder && recorder.state !== 'inactive')
      await new Promise<void>((resolve) => {
        recorder.onstop = () => resolve();
        recorder.stop();
      });
    this.#mixer?.close();
    await this.#uploads;
    try {
      await request(this.api, `/api/video/recordings/${this.id}/finish`, {
        token: this.token(),
        body: { chunks: this.#failed ? null : this.#chunks },
      });
    } catch {
      // The server finishes it by itself when nothing comes any more.
    }
  }

  async #upload(number: number, data: Blob): Promise<void> {
    const content = await data.arrayBuffer();
    const digest = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', content))));
    for (let pause = firstPause; ; pause = Math.min(pause * 2, maxPause)) {
      try {
        const response = await fetch(`${this.api}/api/video/recordings/${this.id}/chunks/${number}`, {
          method: 'PUT',
          headers: {
            authorization: `Bearer ${this.token()}`,
            'content-type': 'application/octet-stream',
            'content-digest': `sha-256=:${digest}:`,
          },
          body: content,
        });
        if (response.ok) return;
        // The recording is over, or the chunk is wrong: the same again would be refused again.
        if (response.status < 500 && response.status !== 429) {
          this.#failed = true;
          return;
        }
      } catch {
        // The network is gone. What is recorded waits.
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
