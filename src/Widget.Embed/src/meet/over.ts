import { ApiError } from '../app/api';
import type { CloseReason, JoinRefusal } from './contract';

/** Why there is no call, or no longer. */
export type Over =
  | { kind: 'refused'; code: JoinRefusal | 'no-link' | 'not-available' | 'unknown'; message?: string | undefined }
  | { kind: 'closed'; reason: CloseReason }
  | { kind: 'offline' };

export function toOver(error: unknown): Over {
  if (!(error instanceof ApiError)) return { kind: 'offline' };
  const code = error.problem.code;
  if (code === 'link-expired' || code === 'call-ended') return { kind: 'refused', code };
  if (error.status === 404 || error.status === 401) return { kind: 'refused', code: 'link-invalid' };
  return { kind: 'refused', code: 'not-available', message: error.message };
}
