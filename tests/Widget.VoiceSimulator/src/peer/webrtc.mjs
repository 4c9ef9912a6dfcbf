// @ts-check

/** @type {typeof import('@roamhq/wrtc')} */
let library;

/**
 * Loads the WebRTC library, which is a native module with builds for few systems.
 * @throws {Error} in words for the person who starts the simulator
 */
export async function loadWebRtc() {
  try {
    library = (await import('@roamhq/wrtc')).default;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Error(
      `The voice simulator cannot run here: the package @roamhq/wrtc does not load on ${process.platform} ${process.arch} (${reason}). ` +
        'It has builds for Linux and macOS on x64 and arm64 and for Windows on x64; if yours is one of these, run npm ci in tests/Widget.VoiceSimulator.',
    );
  }
}

export const webrtc = () => library;
