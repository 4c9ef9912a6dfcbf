/** The visitor's camera, microphone and speaker. Every track that is opened here is stopped here. */
import { isAllowedByPage, toDeviceError, type DeviceKind, type DeviceError, type DeviceErrors } from './deviceError';

export interface DeviceOption {
  id: string;
  label: string;
}

export interface DeviceLists {
  microphone: DeviceOption[];
  camera: DeviceOption[];
  speaker: DeviceOption[];
}

/** What the visitor chose before the call. */
export interface DeviceChoice {
  /** False: the camera stays off until the visitor turns it on. */
  camera: boolean;
  /** The browser's ids; undefined for its default devices. */
  cameraId?: string | undefined;
  microphoneId?: string | undefined;
}

export class Devices {
  readonly #tracks: Partial<Record<DeviceKind, MediaStreamTrack>> = {};
  #stopped = false;

  constructor(
    private readonly lost: (kind: DeviceKind) => void,
    private readonly choice: DeviceChoice = { camera: true },
  ) {}

  track(kind: DeviceKind): MediaStreamTrack | undefined {
    return this.#tracks[kind];
  }

  /** Asks for both devices in one prompt and, if that fails, for each alone. Returns what went wrong. */
  async open(): Promise<DeviceErrors> {
    if (!mediaDevices()) return { microphone: 'insecure', camera: 'insecure' };
    const { camera, cameraId, microphoneId } = this.choice;
    if (camera && isAllowedByPage('camera') && isAllowedByPage('microphone')) {
      try {
        this.#take(
          await navigator.mediaDevices.getUserMedia({
            audio: { ...audioConstraints, ...device(microphoneId) },
            video: { ...videoConstraints, ...device(cameraId) },
          }),
        );
        return {};
      } catch {
        // One of them may still be available.
      }
    }
    const deviceErrors: DeviceErrors = {};
    for (const kind of camera ? (['microphone', 'camera'] as const) : (['microphone'] as const)) {
      const deviceError = await this.choose(kind);
      if (deviceError) deviceErrors[kind] = deviceError;
    }
    return deviceErrors;
  }

  /** Opens a device in place of the current one. Without an id it is the one chosen before the call, or the browser's default. */
  async choose(kind: DeviceKind, id?: string): Promise<DeviceError | undefined> {
    if (!mediaDevices()) return 'insecure';
    if (!isAllowedByPage(kind)) return 'policy';
    const chosen = this.choice[`${kind}Id`];
    if (id !== undefined || chosen === undefined) return this.#open(kind, id);
    // It may have been unplugged since.
    const deviceError = await this.#open(kind, chosen);
    return deviceError === 'missing' && !this.#stopped ? this.#open(kind) : deviceError;
  }

  async #open(kind: DeviceKind, id?: string): Promise<DeviceError | undefined> {
    const constraints =
      kind === 'microphone'
        ? { audio: { ...audioConstraints, ...device(id) } }
        : { video: { ...videoConstraints, ...device(id) } };
    try {
      this.#take(await navigator.mediaDevices.getUserMedia(constraints));
      return undefined;
    } catch (error) {
      return toDeviceError(error, kind);
    }
  }

  close(kind: DeviceKind): void {
    const track = this.#tracks[kind];
    if (track) track.onended = null;
    track?.stop();
    Reflect.deleteProperty(this.#tracks, kind);
  }

  stop(): void {
    this.#stopped = true;
    this.close('microphone');
    this.close('camera');
  }

  #take(stream: MediaStream): void {
    for (const track of stream.getTracks()) {
      // The visitor may answer the prompt after the call has ended.
      if (this.#stopped) {
        track.stop();
        continue;
      }
      const kind = track.kind === 'audio' ? 'microphone' : 'camera';
      this.close(kind);
      this.#tracks[kind] = track;
      track.onended = () => {
        this.close(kind);
        this.lost(kind);
      };
    }
  }
}

function device(id: string | undefined): { deviceId?: { exact: string } } {
  return id ? { deviceId: { exact: id } } : {};
}

const audioConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const videoConstraints = { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'user' };

/** Undefined on pages without TLS. */
export function mediaDevices(): MediaDevices | undefined {
  return (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
}

/** The devices to choose from. Labels are empty until the visitor has given permission. */
export async function listDevices(): Promise<DeviceLists> {
  const found: DeviceLists = { microphone: [], camera: [], speaker: [] };
  if (!mediaDevices()) return found;
  const kinds: Record<MediaDeviceKind, keyof DeviceLists> = {
    audioinput: 'microphone',
    videoinput: 'camera',
    audiooutput: 'speaker',
  };
  for (const { kind, deviceId, label } of await navigator.mediaDevices.enumerateDevices())
    if (deviceId !== '') found[kinds[kind]].push({ id: deviceId, label });
  return found;
}
