/** How good a connection is, from getStats (W3C "Identifiers for WebRTC's Statistics API"). */

export type Quality = 'good' | 'fair' | 'poor';

export interface Sample {
  /** Packets that came, and packets that were lost on the way, since the start. */
  received: number;
  lost: number;
  /** Round trip in seconds; undefined if it is not known yet. */
  roundTrip?: number | undefined;
  /** The loudness of the other side, from 0 to 1. */
  level: number;
  /** Whether a relay is used. */
  relayed: boolean;
}

/** Limits of loss (a part of the packets) and of the round trip (seconds), above which a call is hard to follow. */
const limits = { fair: { loss: 0.02, roundTrip: 0.25 }, poor: { loss: 0.08, roundTrip: 0.5 } };

export async function sample(connection: RTCPeerConnection): Promise<Sample> {
  const stats = await connection.getStats();
  const result: Sample = { received: 0, lost: 0, level: 0, relayed: false };
  const candidates = new Map<string, string>();
  let pair: { localCandidateId?: string; currentRoundTripTime?: number } | undefined;
  stats.forEach((entry: Record<string, unknown> & { type: string; id: string }) => {
    if (entry.type === 'inbound-rtp') {
      result.received += number(entry.packetsReceived);
      result.lost += Math.max(0, number(entry.packetsLost));
      if (entry.kind === 'audio') result.level = Math.max(result.level, number(entry.audioLevel));
    } else if (entry.type === 'local-candidate') candidates.set(entry.id, String(entry.candidateType));
    else if (entry.type === 'candidate-pair' && entry.nominated === true && entry.state === 'succeeded')
      pair = {
        localCandidateId: String(entry.localCandidateId),
        currentRoundTripTime: number(entry.currentRoundTripTime),
      };
  });
  result.roundTrip = pair?.currentRoundTripTime;
  result.relayed = candidates.get(pair?.localCandidateId ?? '') === 'relay';
  return result;
}

/** The quality between two samples. */
export function rate(before: Sample | undefined, now: Sample): Quality {
  const received = now.received - (before?.received ?? 0);
  const lost = now.lost - (before?.lost ?? 0);
  const loss = received + lost > 0 ? lost / (received + lost) : 0;
  const roundTrip = now.roundTrip ?? 0;
  if (loss > limits.poor.loss || roundTrip > limits.poor.roundTrip) return 'poor';
  return loss > limits.fair.loss || roundTrip > limits.fair.roundTrip ? 'fair' : 'good';
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
