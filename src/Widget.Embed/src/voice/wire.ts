/** The API's record of a voice call, as Widget.Contracts defines it. */
import type { VoiceEndReason } from '../app/events';
import type { CallSession } from '../call/sessionClient';

export interface VoiceSession extends CallSession<VoiceEndReason> {
  threadId: string;
  state: 'creating' | 'live' | 'ending' | 'ended' | 'failed';
  /** The provider's SDP answer. Only the response that opens the call has it. */
  sdp: string | null;
  /** The page has to relay the data channel's messages to our server. */
  relay: boolean;
  pushToTalk: boolean;
  maxSeconds: number;
}
