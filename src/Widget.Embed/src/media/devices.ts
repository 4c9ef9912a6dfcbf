/** The visitor's own camera, microphone and speaker, and in whose way they are. Every track that is got here is stopped here. */

import { allowedByPage, troubleOf, type Kind, type Trouble } from './trouble';

export interface Choice {
  id: string;
  label: string;
}

export interface Choices {
  microphone: Choice[];
  camera: Choice[];
  speaker: Choice[];
}

export class Devices {
  readonly #tracks: Partial<Record<Kind, MediaStreamTrack>> = {};
  #stopped = false;

  constructor(private readonly lost: (kind: Kind) => void) {}

  track(kind: Kind): MediaStreamTrack | undefined {
    return this.#tracks[kind];
  }

  /** Asks for both at once, as a visitor wants to be asked; for each alone when that fails. Says what was not to be had. */
  async open(): Promise<Partial<Record<Kind, Trouble>>> {
    if (!usable()) return { microphone: 'insecure', camera: 'insecure' };
    if (allowedByPage('camera') && allowedByPage('microphone')) {
      try {
        this.#take(await navigator.mediaDevices.getUserMedia({ audio: sound, video: picture }));
        return {};
      } catch {
        // One of them may still be to be had.
      }
    }
    const troubles: Partial<Record<Kind, Trouble>> = {};
    for (const kind of ['microphone', 'camera'] as const) {
      const trouble = await this.choose(kind);
      if (trouble) troubles[kind] = trouble;
    }
    return troubles;
  }

  /** Takes a device, in place of the one there is; the browser's choice when none is named. */
  async choose(kind: Kind, id?: string): Promise<Trouble | undefined> {
    if (!usable()) return 'insecure';
    if (!allowedByPage(kind)) return 'policy';
    const device = id ? { deviceId: { exact: id } } : {};
    const wish = kind === 'microphone' ? { audio: { ...sound, ...device } } : { video: { ...picture, ...device } };
    try {
      this.#take(await navigator.mediaDevices.getUserMedia(wish));
      return undefined;
    } catch (error) {
      return troubleOf(error, kind);
    }
  }

  close(kind: Kind): void {
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
      // A question that is answered after the call is over gets nothing that stays on.
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

const sound = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const picture = { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'user' };

/** Browsers hide devices from pages without TLS. */
export function mediaDevices(): MediaDevices | undefined {
  return (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
}

function usable(): boolean {
  return mediaDevices() !== undefined;
}

/** What there is to choose from. Labels are empty until a permission was given. */
export async function choices(): Promise<Choices> {
  const found: Choices = { microphone: [], camera: [], speaker: [] };
  if (!usable()) return found;
  const kinds: Record<MediaDeviceKind, keyof Choices> = {
    audioinput: 'microphone',
    videoinput: 'camera',
    audiooutput: 'speaker',
  };
  for (const { kind, deviceId, label } of await navigator.mediaDevices.enumerateDevices())
    if (deviceId !== '') found[kinds[kind]].push({ id: deviceId, label });
  return found;
}
