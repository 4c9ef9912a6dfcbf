import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Captions } from '../src/voice/captions';
import { levelOf } from '../src/voice/levels';
import { ReconnectLimit } from '../src/voice/reconnectLimit';
import { TalkButton } from '../src/voice/talkButton';

describe('captions', () => {
  it('show the current line of each speaker, in the order in which they began', () => {
    const captions = new Captions();
    captions.update({ speaker: 'assistant', item: 'a1', text: 'Hello' });
    captions.update({ speaker: 'visitor', item: 'v1', text: 'What' });
    captions.update({ speaker: 'assistant', item: 'a1', text: 'Hello there' });
    expect(captions.lines.value.map(({ text }) => text)).toEqual(['Hello there', 'What']);
    captions.update({ speaker: 'assistant', item: 'a2', text: 'It costs' });
    expect(captions.lines.value.map(({ item }) => item)).toEqual(['v1', 'a2']);
  });

  it('disappear when the thread shows the utterance, and do not come back', () => {
    const captions = new Captions();
    captions.update({ speaker: 'visitor', item: 'v1', text: 'What does it' });
    captions.remove('visitor');
    captions.update({ speaker: 'visitor', item: 'v1', text: 'What does it cost?' });
    expect(captions.lines.value).toEqual([]);
    captions.update({ speaker: 'visitor', item: 'v2', text: 'And' });
    expect(captions.lines.value.map(({ item }) => item)).toEqual(['v2']);
  });
});

describe('reconnects', () => {
  it('are limited per minute: two at the provider’s limit, one after a loss', () => {
    const reconnects = new ReconnectLimit();
    expect([0, 1_000, 2_000].map((now) => reconnects.allow('continued', now))).toEqual([true, true, false]);
    expect([3_000, 4_000].map((now) => reconnects.allow('lost', now))).toEqual([true, false]);
    expect(reconnects.allow('continued', 61_500)).toBe(true);
    expect(reconnects.allow('lost', 63_000)).toBe(true);
  });
});

describe('a level', () => {
  it('is 0 in silence, 1 at full scale, and grows with loudness', () => {
    const tone = (height: number): Float32Array =>
      Float32Array.from({ length: 480 }, (_, i) => height * Math.sin(i / 7));
    expect(levelOf(new Float32Array(480))).toBe(0);
    expect(levelOf(tone(1))).toBe(1);
    const [soft, loud] = [levelOf(tone(0.02)), levelOf(tone(0.2))];
    expect(soft).toBeGreaterThan(0.1);
    expect(loud).toBeGreaterThan(soft + 0.2);
    expect(loud).toBeLessThan(1);
  });
});

describe('the talk button', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('reports every press in order, and opens even if the server is slow', async () => {
    const told: boolean[] = [];
    const answers: (() => void)[] = [];
    const button = new TalkButton(
      (pressed) => {
        told.push(pressed);
        return new Promise((resolve) => answers.push(resolve));
      },
      () => undefined,
    );
    button.press(true);
    button.press(true);
    await vi.advanceTimersByTimeAsync(299);
    expect(button.open).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    expect(button.open).toBe(true);

    button.press(false);
    expect(button.open).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual([true]);
    answers[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual([true, false]);
  });

  it('stays closed if it is released before the server knows of the press', async () => {
    let answer = (): void => undefined;
    const opened: boolean[] = [];
    const button = new TalkButton(
      () => new Promise((resolve) => (answer = resolve)),
      () => opened.push(button.open),
    );
    button.press(true);
    await vi.advanceTimersByTimeAsync(0);
    button.press(false);
    answer();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(opened).toEqual([]);
  });

  it('keeps working after a failed request', async () => {
    const told: boolean[] = [];
    const button = new TalkButton(
      (pressed) => {
        told.push(pressed);
        return Promise.reject(new Error('gone'));
      },
      () => undefined,
    );
    button.press(true);
    button.press(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual([true, false]);
    expect(button.held.value).toBe(false);
  });
});
