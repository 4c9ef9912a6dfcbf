/** What this browser can do, in the words of the API: which ways to talk are offered depends on it. */
export function abilities(): string[] {
  const can: [string, boolean][] = [
    ['audio', 'AudioContext' in window || 'speechSynthesis' in window],
    ['webrtc', 'RTCPeerConnection' in window],
    // Browsers hide devices from pages without TLS.
    ['microphone', 'mediaDevices' in navigator],
  ];
  return can.flatMap(([name, has]) => (has ? [name] : []));
}
