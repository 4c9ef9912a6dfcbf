// @ts-check
import { invalid } from '../provider/errors.mjs';

/** An unreachable address (TEST-NET-2, RFC 5737). */
const NOWHERE = 'candidate:1 1 udp 2130706431 198.51.100.1 3478 typ host generation 0';

/**
 * Checks that an offer has sound and a data channel.
 * @param {string} sdp
 */
export function checkOffer(sdp) {
  if (!sdp.startsWith('v=0')) throw invalid('invalid_offer', 'The SDP offer could not be parsed.', 'sdp');
  if (!/^m=audio /m.test(sdp)) throw invalid('invalid_offer', 'The SDP offer has no audio section.', 'sdp');
  if (!/^m=application .*webrtc-datachannel/m.test(sdp)) {
    throw invalid('invalid_offer', 'The SDP offer has no data channel: create it before the offer.', 'sdp');
  }
}

/** Removes the candidates, so that the peers cannot connect. @param {string} sdp */
export const withoutCandidates = (sdp) => sdp.replace(/^a=(candidate:.*|end-of-candidates)\r\n/gm, '');

/** Replaces the candidates by an unreachable one, as behind a firewall. @param {string} sdp */
export const unreachable = (sdp) => withoutCandidates(sdp).replace(/^(a=ice-ufrag:)/m, `a=${NOWHERE}\r\n$1`);
