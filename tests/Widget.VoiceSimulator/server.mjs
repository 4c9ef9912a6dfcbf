// @ts-check
// Simulates realtime voice providers, each under its own root, with their real wire formats over a real WebRTC peer. It validates requests
// strictly and can be slow, fail and send false events; speech recognition is simulated. /control/voice controls its behavior.
//
// VOICE_SIMULATOR_PORT  default 5084; 0 takes a free port, which the first line of output names
// VOICE_SIMULATOR_DEMO  1: until a script is set, talks to a person with a microphone
import { loadWebRtc } from './src/peer/webrtc.mjs';

try {
  await loadWebRtc();
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exit(69);
}

// Imported after the check, because without the WebRTC package this import would fail with a worse message.
const { serve } = await import('./src/server.mjs');
serve({ port: Number(process.env.VOICE_SIMULATOR_PORT ?? 5084), demo: process.env.VOICE_SIMULATOR_DEMO === '1' });
