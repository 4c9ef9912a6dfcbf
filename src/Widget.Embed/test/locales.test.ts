import { describe, expect, it } from 'vitest';
import dictationAr from '../src/dictation/locales/write-ar.json';
import dictationDe from '../src/dictation/locales/write-de.json';
import dictationEn from '../src/dictation/locales/write-en.json';
import dictationEs from '../src/dictation/locales/write-es.json';
import speechAr from '../src/speech/locales/read-ar.json';
import speechDe from '../src/speech/locales/read-de.json';
import speechEn from '../src/speech/locales/read-en.json';
import speechEs from '../src/speech/locales/read-es.json';
import { chooseLocale, fill } from '../src/app/i18n';
import ar from '../src/app/locales/ar.json';
import de from '../src/app/locales/de.json';
import en from '../src/app/locales/en.json';
import es from '../src/app/locales/es.json';
import talkAr from '../src/voice/locales/talk-ar.json';
import talkDe from '../src/voice/locales/talk-de.json';
import talkEn from '../src/voice/locales/talk-en.json';
import talkEs from '../src/voice/locales/talk-es.json';
import videoAr from '../src/video/locales/words-ar.json';
import videoDe from '../src/video/locales/words-de.json';
import videoEn from '../src/video/locales/words-en.json';
import videoEs from '../src/video/locales/words-es.json';

const languages = [
  ['de, of dictation', dictationDe, dictationEn],
  ['es, of dictation', dictationEs, dictationEn],
  ['ar, of dictation', dictationAr, dictationEn],
  ['de, of speech', speechDe, speechEn],
  ['es, of speech', speechEs, speechEn],
  ['ar, of speech', speechAr, speechEn],
  ['de', de, en],
  ['es', es, en],
  ['ar', ar, en],
  ['de, of video calls', videoDe, videoEn],
  ['es, of video calls', videoEs, videoEn],
  ['ar, of video calls', videoAr, videoEn],
  ['de, of voice calls', talkDe, talkEn],
  ['es, of voice calls', talkEs, talkEn],
  ['ar, of voice calls', talkAr, talkEn],
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
