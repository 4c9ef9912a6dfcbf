/** The visitor's own camera, microphone and speaker, and in whose way they are. Every track that is got here is stopped here. */

export type Kind = 'microphone' | 'camera';

/** Why a device cannot be had: what the visitor must do about it differs. */
export type Trouble =
  /** The visitor, or their browser's settings, said no. */
  | 'denied'
  /** There is none. */
  | 'missing'
  /** Another program has it. */
  | 'busy'
  /** The page that carries the widget does not let it have one (Permissions-Policy). */
  | 'policy'
  /** The page was not loaded over a line that browsers trust with devices. */
  | 'insecure'
  | 'unknown';

export interface Choice {
  id: string;
  label: string;
}

export interface Choices {
  microphone: Choice[];
  camera: Choice[];
  speaker: Choice[];
}

const features: Record<Kind, string> = { microphone: 'microphone', camera: 'camera' };

/** Names of DOMExceptions by getUserMedia, W3C Media Capture and Streams, section 10.2; older browsers' own names beside them. */
export function troubleOf(error: unknown, kind: Kind): Trouble {
  if (!allowedByPage(kind)) return 'policy';
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'busy';
    default:
      return 'unknown';
  }
}

function allowedByPage(kind: Kind): boolean {
  const { featurePolicy } = document as { featurePolicy?: { allowsFeature(name: string): boolean } };
  return featurePolicy?.allowsFeature(features[kind]) ?? true;
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
