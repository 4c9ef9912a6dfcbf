/** The modules that are loaded on demand, each in its own file. */
import type { Modules } from './app/moduleHost';

export const modules: Modules = {
  video: async () => (await import('./video/video')).openVideo,
  voice: async () => (await import('./voice/voice')).openVoice,
  speech: async () => (await import('./speech/speech')).openSpeech,
  dictation: async () => (await import('./dictation/dictation')).openDictation,
};
