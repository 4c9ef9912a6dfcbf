import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrowserReading } from '../src/speech/browserVoice';
import type { TextRange, WrittenAnswer } from '../src/speech/model';
import { chooseVoice } from '../src/speech/voices';

class FakeUtterance {
  voice?: SpeechSynthesisVoice;
  lang = '';
  rate = 1;
  volume = 1;
  onstart?: () => void;
  onboundary?: (event: { name: string; charIndex: number }) => void;
  onend?: () => void;
  onerror?: (event: { error: string }) => void;
  constructor(readonly text: string) {}
}

class FakeSynthesis extends EventTarget {
  voices: SpeechSynthesisVoice[] = [voice('en-GB')];
  spoken: FakeUtterance[] = [];
  now: FakeUtterance | undefined;
  getVoices = (): SpeechSynthesisVoice[] => this.voices;
  speak(utterance: FakeUtterance): void {
    this.spoken.push(utterance);
    this.now = utterance;
  }
  /** As in browsers, a cancelled utterance reports an error. */
  cancel(): void {
    const cancelled = this.now;
    this.now = undefined;
    queueMicrotask(() => cancelled?.onerror?.({ error: 'canceled' }));
  }
  async end(): Promise<void> {
    const ended = this.now;
    this.now = undefined;
    ended?.onend?.();
    await settled();
  }
  get texts(): string[] {
    return this.spoken.map(({ text }) => text);
  }
}

function voice(lang: string, more: Partial<SpeechSynthesisVoice> = {}): SpeechSynthesisVoice {
  return { lang, name: lang, localService: true, default: false, voiceURI: lang, ...more };
}

async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

let synthesis: FakeSynthesis;

beforeEach(() => {
  vi.useFakeTimers();
  synthesis = new FakeSynthesis();
  vi.stubGlobal('window', { speechSynthesis: synthesis });
  vi.stubGlobal('speechSynthesis', synthesis);
  vi.stubGlobal('SpeechSynthesisUtterance', FakeUtterance);
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function reading(text: string, complete = true, from = 0) {
  const written = signal<WrittenAnswer | undefined>({ text, attempt: 1, complete });
  const told: (string | [TextRange | undefined, TextRange | undefined])[] = [];
  const settings = { rate: 1, muted: false };
  const voice = new BrowserReading(
    written,
    settings,
    { language: 'en', code: 'code' },
    {
      spoken: (place, word) => told.push([place && { start: place.start, end: place.end }, word]),
      blocked: () => told.push('blocked'),
      done: () => told.push('done'),
      failed: (error, at) => told.push(`${error} at ${at}`),
    },
    from,
  );
  await settled();
  return { voice, written, told, settings };
}

describe('the browser’s voice', () => {
  it('speaks sentence by sentence to the end', async () => {
    const { told } = await reading('One is here. Two is here.');
    synthesis.now?.onstart?.();
    expect(told.at(-1)).toEqual([{ start: 0, end: 12 }, undefined]);
    await synthesis.end();
    synthesis.now?.onstart?.();
    expect(told.at(-1)).toEqual([{ start: 13, end: 25 }, undefined]);
    await synthesis.end();
    expect(synthesis.texts).toEqual(['One is here.', 'Two is here.']);
    expect(told.at(-1)).toBe('done');
  });

  it('speaks the complete sentences of an answer that is being written', async () => {
    const { written, told } = await reading('One is', false);
    expect(synthesis.texts).toEqual([]);
    written.value = { text: 'One is here. Two', attempt: 1, complete: false };
    await settled();
    await synthesis.end();
    expect(synthesis.texts).toEqual(['One is here.']);
    expect(told.at(-1)).toEqual([undefined, undefined]);
    // The final text may differ slightly, because citations get their numbers.
    written.value = { text: 'One is here [1]. Two is, too.', attempt: Number.MAX_SAFE_INTEGER, complete: true };
    await settled();
    await synthesis.end();
    expect(synthesis.texts).toEqual(['One is here.', 'Two is, too.']);
  });

  it('starts again when the answer does', async () => {
    const { written } = await reading('Wrong is this. More', false);
    written.value = { text: 'Right is this. More', attempt: 2, complete: false };
    await settled();
    expect(synthesis.texts).toEqual(['Wrong is this.', 'Right is this.']);
  });

  it('continues where another voice has failed', async () => {
    await reading('One is here. Two is here. Three is here.', true, 12);
    expect(synthesis.texts).toEqual(['Two is here.']);
  });

  it('reports each word if the browser does, and resumes at the last one', async () => {
    const { voice, told } = await reading('Take **the bike** home.');
    synthesis.now?.onstart?.();
    synthesis.now?.onboundary?.({ name: 'word', charIndex: 9 });
    expect(told.at(-1)).toEqual([
      { start: 0, end: 23 },
      { start: 11, end: 15 },
    ]);
    voice.pause();
    await settled();
    expect(synthesis.now).toBeUndefined();
    voice.resume();
    await settled();
    expect(synthesis.texts).toEqual(['Take the bike home.', 'bike home.']);
    synthesis.now?.onboundary?.({ name: 'word', charIndex: 5 });
    expect(told.at(-1)).toEqual([
      { start: 0, end: 23 },
      { start: 18, end: 22 },
    ]);
  });

  it('applies speed and mute at once', async () => {
    const { voice, settings } = await reading('One is here. Two is here.');
    Object.assign(settings, { rate: 1.5, muted: true });
    voice.changed();
    await settled();
    expect(synthesis.texts).toEqual(['One is here.', 'One is here.']);
    expect(synthesis.now).toMatchObject({ rate: 1.5, volume: 0 });
    voice.skip();
    await settled();
    expect(synthesis.now?.text).toBe('Two is here.');
  });

  it('continues with the next sentence when the voice stops without an event', async () => {
    const { told } = await reading('One is here. Two is here.');
    synthesis.now?.onstart?.();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(synthesis.texts).toEqual(['One is here.', 'Two is here.']);
    expect(told).not.toContain('done');
  });

  it('retries once when the voice does not start, then fails', async () => {
    const { told } = await reading('One is here.');
    await vi.advanceTimersByTimeAsync(6_000);
    expect(synthesis.texts).toEqual(['One is here.', 'One is here.']);
    synthesis.now?.onerror?.({ error: 'synthesis-failed' });
    await settled();
    expect(told.at(-1)).toBe('failed at 0');
  });

  it('pauses when the browser blocks sound', async () => {
    const { voice, told } = await reading('One is here.');
    synthesis.now?.onerror?.({ error: 'not-allowed' });
    await settled();
    expect(told.at(-1)).toBe('blocked');
    voice.resume();
    await settled();
    expect(synthesis.texts.length).toBe(2);
  });

  it('waits for voices that load late', async () => {
    synthesis.voices = [];
    await reading('One is here.');
    expect(synthesis.texts).toEqual([]);
    synthesis.voices = [voice('en-US')];
    synthesis.dispatchEvent(new Event('voiceschanged'));
    await settled();
    expect(synthesis.texts).toEqual(['One is here.']);
  });

  it.each([
    ['the browser has no voice', [], 'no_voice at 0'],
    ['no voice speaks the language', [voice('ja-JP')], 'no_language at 0'],
  ])('fails when %s', async (_, voices, said) => {
    synthesis.voices = voices;
    const { told } = await reading('The bike is here, and it is for you.');
    await vi.advanceTimersByTimeAsync(4_000);
    expect(told).toEqual([said]);
  });

  it('stops at once and for good', async () => {
    const { voice, written, told } = await reading('One is here. Two', false);
    voice.stop();
    await settled();
    expect(synthesis.now).toBeUndefined();
    written.value = { text: 'One is here. Two is here. Three', attempt: 1, complete: true };
    await vi.advanceTimersByTimeAsync(30_000);
    expect(synthesis.texts).toEqual(['One is here.']);
    expect(told).toEqual([]);
  });
});

describe('the choice of a voice', () => {
  const remote = voice('en-US', { localService: false, default: true, name: 'remote' });

  it('prefers this device, then the region, then the browser’s default', () => {
    expect(chooseVoice([remote, voice('en_GB')], 'en', ['en-US'])?.lang).toBe('en_GB');
    expect(chooseVoice([voice('en-US'), voice('en_GB')], 'en', ['de-DE', 'en-GB'])?.lang).toBe('en_GB');
    expect(chooseVoice([voice('en-US'), voice('en-AU', { default: true })], 'en', [])?.lang).toBe('en-AU');
    expect(chooseVoice([remote, voice('de-DE')], 'en', ['de-DE'])).toBe(remote);
    expect(chooseVoice([voice('de-DE')], 'en', ['en'])).toBeUndefined();
  });
});
