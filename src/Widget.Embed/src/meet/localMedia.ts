/**
 * The own camera, microphone and screen. If the wanted quality is not possible, lower ones are tried, then each device alone. What went wrong
 * is kept, with the browser's own name for it.
 */
import { signal } from '@preact/signals';
import { toDeviceError, type DeviceError, type DeviceKind } from '../media/deviceError';
import { listDevices, mediaDevices, type DeviceLists } from '../media/devices';

export interface DeviceProblem {
  error: DeviceError;
  /** The browser's own name of the error, such as NotAllowedError. */
  name: string;
}

/** From the best to what nearly every camera can do. */
const pictures: MediaTrackConstraints[] = [
  { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
  { width: { ideal: 640 }, height: { ideal: 480 } },
  {},
];
const sound: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export class LocalMedia {
  readonly microphone = signal<MediaStreamTrack | undefined>(undefined);
  readonly camera = signal<MediaStreamTrack | undefined>(undefined);
  readonly screen = signal<MediaStreamTrack | undefined>(undefined);
  readonly problems = signal<Partial<Record<DeviceKind, DeviceProblem>>>({});
  readonly devices = signal<DeviceLists>({ microphone: [], camera: [], speaker: [] });
  /** The browser's ids of the chosen devices; empty for its defaults. */
  readonly chosen = signal({ microphone: '', camera: '', speaker: '' });
  /** A device has been unplugged and another one is used. */
  readonly replaced = signal<DeviceKind | undefined>(undefined);
  /** Whether the microphone is on. Off, it stays open, so that it is back at once. */
  readonly unmuted = signal(true);
  #stopped = false;

  constructor() {
    mediaDevices()?.addEventListener('devicechange', this.#refresh);
  }

  /** Opens both devices with one prompt. If that fails, each is tried alone. */
  async open(): Promise<void> {
    const media = mediaDevices();
    if (!media) {
      const problem: DeviceProblem = { error: 'insecure', name: 'SecureContextRequired' };
      this.problems.value = { microphone: problem, camera: problem };
      return;
    }
    try {
      this.#take(await media.getUserMedia({ audio: sound, video: pictures[0] ?? true }));
    } catch {
      // One device may still work, or a lower quality.
      await this.openMicrophone();
      await this.openCamera();
    }
    this.#refresh();
  }

  async openMicrophone(id = this.chosen.value.microphone): Promise<boolean> {
    return this.#try('microphone', [{ audio: { ...sound, ...exactly(id) } }, { audio: true }]);
  }

  async openCamera(id = this.chosen.value.camera): Promise<boolean> {
    return this.#try('camera', [
      ...pictures.map((picture) => ({ video: { ...picture, ...exactly(id) } })),
      ...(id ? [{ video: true }] : []),
    ]);
  }

  closeCamera(): void {
    stop(this.camera.value);
    this.camera.value = undefined;
  }

  setUnmuted(on: boolean): void {
    this.unmuted.value = on;
    if (this.microphone.value) this.microphone.value.enabled = on;
  }

  async choose(kind: 'microphone' | 'camera' | 'speaker', id: string): Promise<void> {
    this.chosen.value = { ...this.chosen.value, [kind]: id };
    this.replaced.value = undefined;
    if (kind === 'microphone') await this.openMicrophone(id);
    else if (kind === 'camera' && this.camera.value) await this.openCamera(id);
  }

  /** Asks which screen or window to show. False if the person has chosen none. */
  async shareScreen(): Promise<boolean> {
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({
        video: { frameRate: { ideal: 15 } },
        audio: false,
      });
      const [track] = stream.getVideoTracks();
      if (!track) return false;
      track.contentHint = 'detail';
      // The browser has its own button that ends it.
      track.onended = () => this.stopScreen();
      this.screen.value = track;
      return true;
    } catch {
      return false;
    }
  }

  stopScreen(): void {
    stop(this.screen.value);
    this.screen.value = undefined;
  }

  stop(): void {
    this.#stopped = true;
    mediaDevices()?.removeEventListener('devicechange', this.#refresh);
    for (const track of [this.microphone, this.camera, this.screen]) {
      stop(track.value);
      track.value = undefined;
    }
  }

  readonly #refresh = (): void => {
    void listDevices().then((lists) => (this.devices.value = lists));
  };

  async #try(kind: DeviceKind, attempts: MediaStreamConstraints[]): Promise<boolean> {
    const media = mediaDevices();
    if (!media) return false;
    // Some systems open a device only once.
    if (kind === 'camera') stop(this.camera.value);
    let last: unknown;
    for (const constraints of attempts) {
      try {
        this.#take(await media.getUserMedia(constraints));
        return true;
      } catch (error) {
        last = error;
        // Nothing else can be tried against the person's will.
        if (toDeviceError(error, kind) === 'denied') break;
      }
    }
    if (kind === 'camera') this.camera.value = undefined;
    const name = last instanceof Error || last instanceof DOMException ? last.name : 'Error';
    this.problems.value = { ...this.problems.value, [kind]: { error: toDeviceError(last, kind), name } };
    return false;
  }

  #take(stream: MediaStream): void {
    for (const track of stream.getTracks()) {
      const kind: DeviceKind = track.kind === 'audio' ? 'microphone' : 'camera';
      if (this.#stopped) {
        track.stop();
        continue;
      }
      stop(this[kind].value);
      if (kind === 'microphone') track.enabled = this.unmuted.value;
      track.onended = () => void this.#lost(kind, track);
      this[kind].value = track;
      this.problems.value = { ...this.problems.value, [kind]: undefined };
    }
  }

  /** A device was unplugged, or taken by another program. */
  async #lost(kind: DeviceKind, track: MediaStreamTrack): Promise<void> {
    if (this[kind].value !== track || this.#stopped) return;
    this[kind].value = undefined;
    this.chosen.value = { ...this.chosen.value, [kind]: '' };
    const found = kind === 'microphone' ? await this.openMicrophone('') : await this.openCamera('');
    this.replaced.value = found ? kind : undefined;
    this.#refresh();
  }
}

function exactly(id: string): MediaTrackConstraints {
  return id ? { deviceId: { exact: id } } : {};
}

function stop(track: MediaStreamTrack | undefined): void {
  if (!track) return;
  track.onended = null;
  track.stop();
}
