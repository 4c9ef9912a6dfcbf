/** The modules that are loaded on demand, each in its own file. */
import type { Modules } from './app/moduleHost';

export const modules: Modules = {
  person: async () => (await import('./extras/person')).PersonSheet,
  transcript: async () => (await import('./extras/transcript')).TranscriptSheet,
  saveTranscript: async () => (await import('./extras/transcript')).saveTranscript,
  history: async () => (await import('./extras/history')).HistorySheet,
  agents: async () => (await import('./extras/agents')).AgentsSheet,
  booking: async () => (await import('./extras/selling/booking')).BookingSheet,
  offers: async () => (await import('./extras/selling/offers')).Offers,
  contact: async () => (await import('./extras/selling/offers')).ContactCard,
  meeting: async () => (await import('./extras/selling/meeting')).MeetingCard,
  people: async () => (await import('./people/people')).People,
  personHead: async () => (await import('./people/people')).PersonHead,
  presence: async () => (await import('./people/people')).Presence,
  attach: async () => (await import('./people/people')).Attach,
  files: async () => (await import('./people/people')).Files,
  shown: async () => (await import('./showing/showing')).Shown,
  stage: async () => (await import('./showing/showing')).Stage,
  preChat: async () => (await import('./extras/questions/preChat')).PreChat,
  reasons: async () => (await import('./extras/reasons')).Reasons,
  emoji: async () => (await import('./extras/emoji')).EmojiPicker,
  prelude: async () => (await import('./prelude/prelude')).Prelude,
  video: async () => (await import('./video/video')).openVideo,
  voice: async () => (await import('./voice/voice')).openVoice,
  speech: async () => (await import('./speech/speech')).openSpeech,
  dictation: async () => (await import('./dictation/dictation')).openDictation,
};
