// @ts-check
// Realtime voice providers as separate processes would be, each under its own root: the real wire formats over a real WebRTC peer,
// strict about requests, able to be slow, to fail and to lie. What is said is simulated. /control/voice sets how it behaves.
//
// VOICE_SIMULATOR_PORT  5084; 0 takes any that is free, and the first line printed names it
// VOICE_SIMULATOR_DEMO  1: until something is scripted, talk to somebody with a microphone instead of waiting for tests
import { loadWebRtc } from './src/peer/webrtc.mjs';

try {
  await loadWebRtc();
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exit(69);
}

// Only now: without its packages nothing else would load, and with worse words.
const { serve } = await import('./src/server.mjs');
serve({ port: Number(process.env.VOICE_SIMULATOR_PORT ?? 5084), demo: process.env.VOICE_SIMULATOR_DEMO === '1' });
