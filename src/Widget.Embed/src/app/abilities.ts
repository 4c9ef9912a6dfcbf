/** What this browser supports, by the API's names. The server offers only what the browser can do. */
export function abilities(): string[] {
  const can: [string, boolean][] = [
    ['audio', 'AudioContext' in window || 'speechSynthesis' in window],
    ['webrtc', 'RTCPeerConnection' in window],
    // Browsers hide devices from pages without TLS.
    ['microphone', 'mediaDevices' in navigator],
  ];
  return can.flatMap(([name, has]) => (has ? [name] : []));
}
