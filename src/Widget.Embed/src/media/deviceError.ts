/** Why a camera or microphone is not available. */

export type DeviceKind = 'microphone' | 'camera';

/** Each needs different help for the visitor. */
export type DeviceError =
  /** The visitor or their browser's settings denied permission. */
  | 'denied'
  /** There is no such device. */
  | 'missing'
  /** Another program is using it. */
  | 'busy'
  /** The customer's page does not allow it (Permissions-Policy). */
  | 'policy'
  /** The page was loaded without TLS. */
  | 'insecure'
  | 'unknown';

export type DeviceErrors = Partial<Record<DeviceKind, DeviceError>>;

/** Maps getUserMedia's exceptions (W3C Media Capture and Streams, section 10.2), with the names that older browsers use. */
export function toDeviceError(error: unknown, kind: DeviceKind): DeviceError {
  if (!isAllowedByPage(kind)) return 'policy';
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

/** Whether the page's permissions policy allows the device. If not, getUserMedia fails as if the visitor had denied it. */
export function isAllowedByPage(kind: DeviceKind): boolean {
  const { featurePolicy } = document as { featurePolicy?: { allowsFeature(name: string): boolean } };
  return featurePolicy?.allowsFeature(kind) ?? true;
}
