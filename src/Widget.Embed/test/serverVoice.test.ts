import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../src/app/api';
import type { TextRange, ReadingListener, SpeechError } from '../src/speech/model';
import { ServerReading } from '../src/speech/serverVoice';

/** An AudioContext whose clock the test controls. A "file" of n bytes is n tenths of a second long. */
class FakeContext {
  state = 'running';
  currentTime = 0;
  destination = {};
  sources: FakeSource[] = [];
  gain = { gain: { value: 1 }, connect: vi.fn(), disconnect: vi.fn() };
  createGain = (): unknown => this.gain;
  createBufferSource(): FakeSource {
    const source = new FakeSource();
    this.sources.push(source);
    return source;
  }
  createBuffer = (_: number, length: number, sampleRate: number): unknown => buffer(length / sampleRate, sampleRate);
  decodeAudioData = (data: ArrayBuffer): Promise<unknown> =>
    new Uint8Array(data)[0] === 255
      ? Promise.reject(new DOMException('Not a sound.', 'EncodingError'))
      : Promise.resolve(buffer(data.byteLength / 10, 1000));
  suspend = (): Promise<void> => Promise.resolve(void (this.state = 'suspended'));
  resume = vi.fn((): Promise<void> => Promise.resolve(void (this.state = 'running')));

  /** Advances the clock, and ends the sources that are due. */
  async until(time: number): Promise<void> {
    for (;;) {
      const next = this.sources
        .filter((source) => !source.stopped && !source.ended && source.ends <= time)
        .sort((a, b) => a.ends - b.ends)[0];
      if (!next) break;
      this.currentTime = next.ends;
      next.ended = true;
      next.onended?.();
      await settled();
    }
    this.currentTime = time;
    await vi.advanceTimersByTimeAsync(50);
  }

  get heard(): [number, number][] {
    return this.sources.filter((source) => !source.stopped).map((source) => [source.begins, source.ends]);
  }
}

class FakeSource {
  buffer: { duration: number } = { duration: 0 };
  begins = 0;
  stopped = false;
  ended = false;
  onended: (() => void) | null = null;
  connect = vi.fn();
  disconnect = vi.fn();
  start(when: number): void {
    this.begins = when;
  }
  stop(): void {
    this.stopped = true;
  }
  get ends(): number {
    return this.begins + this.buffer.duration;
  }
}

function buffer(duration: number, sampleRate: number): unknown {
  const samples = new Float32Array(Math.round(duration * sampleRate));
  return { duration, sampleRate, length: samples.length, getChannelData: () => samples, copyToChannel: vi.fn() };
}

async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

const update = (event: string, data: object = {}): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
const sound = (bytes: number, first = 1): string =>
  btoa(String.fromCharCode(first, ...Array<number>(bytes - 1).fill(1)));
/** The events of a sentence. Its sound has the given length in tenths of a second and comes in two pieces. */
const sentence = (index: number, tenths: number): string =>
  update('sentence', { index, start: index * 10, end: index * 10 + 9, text: `${index}` }) +
  update('audio', { index, mediaType: 'audio/mpeg', data: sound(2) }) +
  update('audio', { index, mediaType: 'audio/mpeg', data: sound(tenths - 2) }) +
  update('spoken', { index });

function line() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  return {
    response: new Response(body),
    says: async (text: string) => {
      controller?.enqueue(new TextEncoder().encode(text));
      await settled();
      await settled();
    },
    breaks: async () => {
      controller?.error(new TypeError('network error'));
      await settled();
    },
  };
}

function reading(ask: (skip: number, signal: AbortSignal) => Promise<Response>, settings = { rate: 1, muted: false }) {
  const context = new FakeContext();
  const told: (string | [TextRange | undefined, TextRange | undefined])[] = [];
  const listener: ReadingListener = {
    spoken: (place, word) => told.push([place, word]),
    blocked: () => told.push('blocked'),
    done: () => told.push('done'),
    failed: (error: SpeechError, at: number) => told.push(`${error} at ${at}`),
  };
  const voice = new ServerReading(ask, context as unknown as AudioContext, settings, listener);
  return { voice, context, told, settings };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('navigator', {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the server’s voice', () => {
  it('starts with the first complete sentence and continues without a gap', async () => {
    const { response, says } = line();
    const { context, told } = reading(() => Promise.resolve(response));
    await says(update('sentence', { index: 0, start: 0, end: 9, text: '0' }));
    await says(update('audio', { index: 0, mediaType: 'audio/mpeg', data: sound(10) }));
    expect(context.sources).toEqual([]);
    await says(update('spoken', { index: 0 }));
    expect(context.heard).toEqual([[0, 1]]);
    expect(told.at(-1)).toEqual([expect.objectContaining({ start: 0, end: 9 }), undefined]);

    await says(sentence(1, 20) + sentence(2, 5));
    await context.until(1.5);
    await says(update('done'));
    await context.until(4);
    expect(context.heard).toEqual([
      [0, 1],
      [1, 3],
      [3, 3.5],
    ]);
    expect(told.at(-1)).toBe('done');
  });

  it('reports each word when it is heard', async () => {
    const { response, says } = line();
    const { context, told } = reading(() => Promise.resolve(response));
    const words = [
      { start: 0, end: 4, at: 0, until: 0.4 },
      { start: 5, end: 9, at: 0.5, until: 1 },
    ];
    await says(sentence(0, 10) + update('words', { index: 0, words }));
    await context.until(0.2);
    expect(told.at(-1)).toEqual([expect.anything(), words[0]]);
    await context.until(0.7);
    expect(told.at(-1)).toEqual([expect.anything(), words[1]]);
  });

  it('skips a sentence and can be muted', async () => {
    const { response, says } = line();
    const { voice, context, told, settings } = reading(() => Promise.resolve(response));
    await says(sentence(0, 10) + sentence(1, 10) + sentence(2, 10));
    await context.until(0.3);
    voice.skip();
    await settled();
    expect(context.heard[0]?.[0]).toBe(0.3);
    expect(told.at(-1)).toEqual([expect.objectContaining({ start: 10 }), undefined]);

    settings.muted = true;
    voice.changed();
    expect(context.gain.gain.value).toBe(0);
  });

  it('continues from the same position at another speed', async () => {
    const { response, says } = line();
    const { voice, context, settings } = reading(() => Promise.resolve(response));
    await says(sentence(0, 20) + sentence(1, 10));
    await context.until(1);
    settings.rate = 2;
    voice.changed();
    await settled();
    // One second is left of the first clip, and the next one takes one second.
    expect(context.heard[0]).toEqual([1, 1.5]);
    expect(context.heard[1]?.[0]).toBe(1.5);
    expect(context.heard[1]?.[1]).toBeCloseTo(2);
  });

  it('plays nothing while paused, and reports when the browser blocks sound', async () => {
    const { response, says } = line();
    const { voice, context, told } = reading(() => Promise.resolve(response));
    voice.pause();
    await says(sentence(0, 10));
    expect(context.sources).toEqual([]);
    voice.resume();
    await settled();
    expect(context.heard).toEqual([[0, 1]]);
    voice.stop();

    const other = line();
    const kept = reading(() => Promise.resolve(other.response));
    kept.context.state = 'suspended';
    kept.context.resume = vi.fn(() => new Promise(() => undefined));
    await other.says(sentence(0, 10));
    await vi.advanceTimersByTimeAsync(1500);
    expect(kept.told.at(-1)).toBe('blocked');
    expect(told).not.toContain('blocked');
    kept.context.state = 'running';
    kept.voice.resume();
    await settled();
    expect(kept.context.heard).toEqual([[0, 1]]);
  });

  it('starts again when the answer does', async () => {
    const { response, says } = line();
    const { context, told } = reading(() => Promise.resolve(response));
    await says(sentence(0, 10) + sentence(1, 10));
    await context.until(0.5);
    await says(update('restart'));
    expect(context.heard).toEqual([]);
    expect(told.at(-1)).toEqual([undefined, undefined]);
    await says(sentence(0, 10));
    expect(context.heard).toEqual([[0.55 - 0.05, 1.5]]);
  });

  it('plays what it has, then reports where another voice can continue', async () => {
    const { response, says } = line();
    const { context, told } = reading(() => Promise.resolve(response));
    await says(sentence(0, 10) + sentence(1, 10) + update('error', { title: 'The month’s characters are used up.' }));
    await context.until(1.5);
    expect(told).not.toContain('failed at 19');
    await context.until(3);
    expect(told.at(-1)).toBe('failed at 19');
  });

  it('continues a broken stream where it broke, once', async () => {
    const lines = [line(), line()];
    const asked: number[] = [];
    const { context, told } = reading((skip) => {
      asked.push(skip);
      return Promise.resolve(lines[asked.length - 1]?.response ?? new Response(null));
    });
    await lines[0]?.says(sentence(0, 10) + update('sentence', { index: 1, start: 10, end: 19, text: '' }));
    await lines[0]?.breaks();
    await lines[1]?.says(sentence(1, 10));
    await lines[1]?.breaks();
    await context.until(3);
    expect(asked).toEqual([0, 1]);
    expect(context.heard.length).toBe(2);
    expect(told.at(-1)).toBe('failed at 19');
  });

  it.each([
    ['refuses', () => Promise.reject(new ApiError(503, 'Not now.'))],
    [
      'sends invalid sound',
      () =>
        Promise.resolve(
          new Response(
            update('sentence', { index: 0, start: 0, end: 5 }) +
              update('audio', { index: 0, data: sound(4, 255) }) +
              update('spoken', { index: 0 }),
          ),
        ),
    ],
    [
      'falls silent',
      (_: number, signal: AbortSignal) =>
        new Promise<Response>((_, reject) =>
          signal.addEventListener('abort', () => reject(new DOMException('Aborted.', 'AbortError'))),
        ),
    ],
  ])('fails when the server %s', async (_, ask) => {
    const { told } = reading(vi.fn(ask));
    await vi.advanceTimersByTimeAsync(31_000);
    expect(told.at(-1)).toBe('failed at 0');
  });

  it('stops at once and requests nothing more', async () => {
    const { response, says } = line();
    let given: AbortSignal | undefined;
    const { voice, context, told } = reading((_, signal) => {
      given = signal;
      return Promise.resolve(response);
    });
    await says(sentence(0, 10) + sentence(1, 10));
    voice.stop();
    const before = told.length;
    expect(context.heard).toEqual([]);
    expect(given?.aborted).toBe(true);
    await says(sentence(2, 10)).catch(() => undefined);
    await context.until(5);
    expect(told.length).toBe(before);
  });
});
