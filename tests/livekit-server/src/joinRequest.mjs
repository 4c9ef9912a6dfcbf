// What a client says when it connects: a message in the address, which may be compressed.
import { gunzipSync } from 'node:zlib';
import { JoinRequest, WrappedJoinRequest, WrappedJoinRequest_Compression as Compression } from '@livekit/protocol';

/** Returns undefined if it cannot be read. */
export function joinRequest(text) {
  try {
    const wrapped = WrappedJoinRequest.fromBinary(Buffer.from(text, 'base64url'));
    const bytes = wrapped.compression === Compression.GZIP ? gunzipSync(wrapped.joinRequest) : wrapped.joinRequest;
    return JoinRequest.fromBinary(bytes);
  } catch {
    return undefined;
  }
}
