/** In whose way a camera or microphone is. */

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

/** Whether the page lets the widget ask. A page that does not is refused with the same error as by the visitor, and without a question. */
export function allowedByPage(kind: Kind): boolean {
  const { featurePolicy } = document as { featurePolicy?: { allowsFeature(name: string): boolean } };
  return featurePolicy?.allowsFeature(kind) ?? true;
}
