// @ts-check

/** @type {typeof import('@roamhq/wrtc')} */
let library;

/**
 * Loads the WebRTC library, a native module with builds for only some systems.
 * @throws {Error} with a message for the person who starts the simulator
 */
export async function loadWebRtc() {
  try {
    library = (await import('@roamhq/wrtc')).default;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Error(
      `The voice simulator cannot run here: the package @roamhq/wrtc does not load on ${process.platform} ${process.arch} (${reason}). ` +
        'It has builds for Linux and macOS on x64 and arm64 and for Windows on x64; on one of these, npm ci beside server.mjs installs it.',
    );
  }
}

export const webrtc = () => library;
