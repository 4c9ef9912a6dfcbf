/** The parts of the widget that are fetched when a visitor chooses them, each a file of its own. */
import type { Modules } from './app/moduleHost';

export const modules: Modules = {
  video: async () => (await import('./video/video')).openVideo,
  voice: async () => (await import('./voice/voice')).openVoice,
  speech: async () => (await import('./speech/speech')).openSpeech,
  dictation: async () => (await import('./dictation/dictation')).openDictation,
};
