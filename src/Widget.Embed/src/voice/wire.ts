/** The API's records of a voice call, as Widget.Contracts defines them. */
import type { VoiceEndReason } from '../app/events';

export interface VoiceSession {
  sessionId: string;
  threadId: string;
  state: 'creating' | 'live' | 'ending' | 'ended' | 'failed';
  /** The provider's answer; only in the response that opens the call. */
  sdp: string | null;
  /** The page passes the data channel's messages on. */
  relay: boolean;
  pushToTalk: boolean;
  maxSeconds: number;
  remainingSeconds: number | null;
  /** Ends this call without a header. */
  leaveToken: string | null;
  endReason: VoiceEndReason | null;
  /** What went wrong, in words for the visitor. */
  problem: string | null;
}
