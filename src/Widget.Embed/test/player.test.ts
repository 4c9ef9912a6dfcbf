import { describe, expect, it, vi } from 'vitest';
import type { ReadingListener } from '../src/speech/model';
import { Player, type Voice } from '../src/speech/player';

function voice() {
  const reading = { pause: vi.fn(), resume: vi.fn(), skip: vi.fn(), changed: vi.fn(), stop: vi.fn() };
  const begun: { messageId: string; from: number; listener: ReadingListener }[] = [];
  const begin: Voice = (messageId, _, listener, from) => {
    begun.push({ messageId, from, listener });
    return Promise.resolve(reading);
  };
  return { reading, begun, begin };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('the player', () => {
  it('shows the current sentence and word until the end', async () => {
    const { begun, begin } = voice();
    const player = new Player(() => [begin]);
    player.read('a');
    expect([player.phase.value, player.messageId.value]).toEqual(['waiting', 'a']);
    await settled();
    begun[0]?.listener.spoken({ start: 1, end: 5 }, { start: 1, end: 2 });
    expect([player.phase.value, player.sentence.value, player.word.value]).toEqual([
      'speaking',
      { start: 1, end: 5 },
      { start: 1, end: 2 },
    ]);
    begun[0]?.listener.spoken();
    expect(player.phase.value).toBe('waiting');
    begun[0]?.listener.done();
    expect([player.phase.value, player.messageId.value]).toEqual(['idle', undefined]);
  });

  it('continues with the next voice after a failure, and shows the first error if all fail', async () => {
    const [one, two] = [voice(), voice()];
    const player = new Player(() => [one.begin, two.begin]);
    player.read('a');
    await settled();
    one.begun[0]?.listener.failed('failed', 42);
    await settled();
    expect(two.begun).toMatchObject([{ messageId: 'a', from: 42 }]);
    expect(player.phase.value).not.toBe('idle');
    two.begun[0]?.listener.failed('no_voice', 50);
    expect([player.phase.value, player.error.value]).toEqual(['idle', 'failed']);
  });

  it('treats a voice that cannot be loaded as failed', async () => {
    const { begun, begin } = voice();
    const player = new Player(() => [() => Promise.reject(new Error('No such file.')), begin]);
    player.read('a');
    await settled();
    expect(begun.length).toBe(1);
  });

  it('ignores calls from an earlier reading, and stops one that loads too late', async () => {
    const { reading, begun, begin } = voice();
    const player = new Player(() => [begin]);
    player.read('a');
    player.stop();
    await settled();
    expect(reading.stop).toHaveBeenCalledTimes(1);
    begun[0]?.listener.spoken({ start: 0, end: 1 });
    expect(player.phase.value).toBe('idle');

    player.read('b');
    await settled();
    player.read('c');
    expect(reading.stop).toHaveBeenCalledTimes(2);
    begun[1]?.listener.done();
    expect(player.messageId.value).toBe('c');
  });

  it('pauses, also while the voice is loading, and resumes', async () => {
    const { reading, begun, begin } = voice();
    const player = new Player(() => [begin]);
    player.read('a');
    player.toggle();
    await settled();
    expect(reading.pause).toHaveBeenCalledTimes(1);
    begun[0]?.listener.spoken({ start: 0, end: 1 });
    expect(player.phase.value).toBe('paused');
    player.toggle();
    expect(reading.resume).toHaveBeenCalledTimes(1);
    expect(player.phase.value).toBe('speaking');
  });

  it('pauses when the browser blocks sound, and resumes with play', async () => {
    const { reading, begun, begin } = voice();
    const player = new Player(() => [begin]);
    player.read('a');
    await settled();
    begun[0]?.listener.blocked();
    expect([player.phase.value, player.error.value]).toEqual(['paused', 'blocked']);
    player.toggle();
    expect(player.error.value).toBeUndefined();
    expect(reading.resume).toHaveBeenCalledTimes(1);
  });

  it('keeps the speed for all answers and mute for one', async () => {
    const { reading, begin } = voice();
    const player = new Player(() => [begin], 1.25);
    player.read('a');
    await settled();
    player.setRate(1.5);
    player.toggleMute();
    expect(reading.changed).toHaveBeenCalledTimes(2);
    player.stop();
    expect([player.rate.value, player.muted.value]).toEqual([1.5, false]);
  });
});
