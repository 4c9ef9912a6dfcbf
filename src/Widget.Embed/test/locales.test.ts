import { describe, expect, it } from 'vitest';
import logAr from '../src/call/locales/log-ar.json';
import logDe from '../src/call/locales/log-de.json';
import logEn from '../src/call/locales/log-en.json';
import logEs from '../src/call/locales/log-es.json';
import dictationAr from '../src/dictation/locales/dictation-ar.json';
import dictationDe from '../src/dictation/locales/dictation-de.json';
import dictationEn from '../src/dictation/locales/dictation-en.json';
import dictationEs from '../src/dictation/locales/dictation-es.json';
import speechAr from '../src/speech/locales/speech-ar.json';
import speechDe from '../src/speech/locales/speech-de.json';
import speechEn from '../src/speech/locales/speech-en.json';
import meetAr from '../src/meet/locales/meet-ar.json';
import meetDe from '../src/meet/locales/meet-de.json';
import meetEn from '../src/meet/locales/meet-en.json';
import meetEs from '../src/meet/locales/meet-es.json';
import speechEs from '../src/speech/locales/speech-es.json';
import extrasAr from '../src/extras/locales/extras-ar.json';
import extrasDe from '../src/extras/locales/extras-de.json';
import extrasEn from '../src/extras/locales/extras-en.json';
import extrasEs from '../src/extras/locales/extras-es.json';
import sellingAr from '../src/extras/selling/locales/selling-ar.json';
import sellingDe from '../src/extras/selling/locales/selling-de.json';
import sellingEn from '../src/extras/selling/locales/selling-en.json';
import sellingEs from '../src/extras/selling/locales/selling-es.json';
import peopleAr from '../src/people/locales/people-ar.json';
import peopleDe from '../src/people/locales/people-de.json';
import peopleEn from '../src/people/locales/people-en.json';
import peopleEs from '../src/people/locales/people-es.json';
import questionsAr from '../src/extras/questions/locales/questions-ar.json';
import questionsDe from '../src/extras/questions/locales/questions-de.json';
import questionsEn from '../src/extras/questions/locales/questions-en.json';
import questionsEs from '../src/extras/questions/locales/questions-es.json';
import showingAr from '../src/showing/locales/showing-ar.json';
import showingDe from '../src/showing/locales/showing-de.json';
import showingEn from '../src/showing/locales/showing-en.json';
import showingEs from '../src/showing/locales/showing-es.json';
import preludeAr from '../src/prelude/locales/prelude-ar.json';
import preludeDe from '../src/prelude/locales/prelude-de.json';
import preludeEn from '../src/prelude/locales/prelude-en.json';
import preludeEs from '../src/prelude/locales/prelude-es.json';
import { chooseLocale, fill } from '../src/app/i18n';
import ar from '../src/app/locales/ar.json';
import de from '../src/app/locales/de.json';
import en from '../src/app/locales/en.json';
import es from '../src/app/locales/es.json';
import voiceAr from '../src/voice/locales/voice-ar.json';
import voiceDe from '../src/voice/locales/voice-de.json';
import voiceEn from '../src/voice/locales/voice-en.json';
import voiceEs from '../src/voice/locales/voice-es.json';
import videoAr from '../src/video/locales/video-ar.json';
import videoDe from '../src/video/locales/video-de.json';
import videoEn from '../src/video/locales/video-en.json';
import videoEs from '../src/video/locales/video-es.json';

const languages = [
  ['de, of calls', meetDe, meetEn],
  ['es, of calls', meetEs, meetEn],
  ['ar, of calls', meetAr, meetEn],
  ['de, of people', peopleDe, peopleEn],
  ['es, of people', peopleEs, peopleEn],
  ['ar, of people', peopleAr, peopleEn],
  ['de, of questions', questionsDe, questionsEn],
  ['es, of questions', questionsEs, questionsEn],
  ['ar, of questions', questionsAr, questionsEn],
  ['de, of demos and prices', showingDe, showingEn],
  ['es, of demos and prices', showingEs, showingEn],
  ['ar, of demos and prices', showingAr, showingEn],
  ['de, of extras', extrasDe, extrasEn],
  ['es, of extras', extrasEs, extrasEn],
  ['ar, of extras', extrasAr, extrasEn],
  ['de, of selling', sellingDe, sellingEn],
  ['es, of selling', sellingEs, sellingEn],
  ['ar, of selling', sellingAr, sellingEn],
  ['de, of prelude', preludeDe, preludeEn],
  ['es, of prelude', preludeEs, preludeEn],
  ['ar, of prelude', preludeAr, preludeEn],
  ['de, of dictation', dictationDe, dictationEn],
  ['es, of dictation', dictationEs, dictationEn],
  ['ar, of dictation', dictationAr, dictationEn],
  ['de, of speech', speechDe, speechEn],
  ['es, of speech', speechEs, speechEn],
  ['ar, of speech', speechAr, speechEn],
  ['de', de, en],
  ['es', es, en],
  ['ar', ar, en],
  ['de, of the log of calls', logDe, logEn],
  ['es, of the log of calls', logEs, logEn],
  ['ar, of the log of calls', logAr, logEn],
  ['de, of video calls', videoDe, videoEn],
  ['es, of video calls', videoEs, videoEn],
  ['ar, of video calls', videoAr, videoEn],
  ['de, of voice calls', voiceDe, voiceEn],
  ['es, of voice calls', voiceEs, voiceEn],
  ['ar, of voice calls', voiceAr, voiceEn],
] as const;

describe.each(languages)('the texts of %s', (_, words, english) => {
  it('are complete and have the same placeholders', () => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(english).sort());
    const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort();
    for (const [key, text] of Object.entries(english))
      expect(placeholders((words as Record<string, string>)[key] ?? ''), key).toEqual(placeholders(text));
  });
});

describe('a language', () => {
  it('is the first preferred one that the widget supports', () => {
    expect(chooseLocale(['fr-FR', 'de-AT', 'en'])).toBe('de');
    expect(chooseLocale([undefined, '', 'EN-us'])).toBe('en');
    expect(chooseLocale(['ja'])).toBe('en');
    expect(chooseLocale(['constructor'])).toBe('en');
  });

  it('fills in names and leaves unknown placeholders alone', () => {
    expect(fill('Hello {name}, {other}', { name: 'Ada' })).toBe('Hello Ada, {other}');
  });
});
