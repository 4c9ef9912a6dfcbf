import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../src/app/api';
import { Reporter } from '../src/video/reporter';
import type { ReportedUtterance } from '../src/video/wire';

let posts: { texts: string[]; keepalive: boolean }[];
let answers: (() => Promise<void>)[];

function reporter(): Reporter {
  return new Reporter((utterances: ReportedUtterance[], keepalive) => {
    posts.push({ texts: utterances.map(({ text }) => text), keepalive });
    return answers.shift()?.() ?? Promise.resolve();
  });
}

function utterance(text: string): ReportedUtterance {
  return { id: text, speaker: 'visitor', text, interrupted: false };
}

beforeEach(() => {
  vi.useFakeTimers();
  [posts, answers] = [[], []];
});
afterEach(() => vi.useRealTimers());

describe('the reporter', () => {
  it('sends batches', async () => {
    const it = reporter();
    for (const text of ['a', 'b', 'c']) it.add(utterance(text));
    await vi.advanceTimersByTimeAsync(300);
    expect(posts).toEqual([{ texts: ['a', 'b', 'c'], keepalive: false }]);
  });

  it('retries until a batch has arrived, together with later utterances', async () => {
    answers = [() => Promise.reject(new TypeError('No network.')), () => Promise.reject(new ApiError(500, 'Ouch.'))];
    const it = reporter();
    it.add(utterance('a'));
    await vi.advanceTimersByTimeAsync(300);
    it.add(utterance('b'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(posts.map(({ texts }) => texts)).toEqual([['a'], ['a', 'b'], ['a', 'b']]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(posts).toHaveLength(3);
  });

  it('does not repeat a refused batch', async () => {
    answers = [() => Promise.reject(new ApiError(404, 'Gone.'))];
    const it = reporter();
    it.add(utterance('a'));
    await vi.advanceTimersByTimeAsync(60_000);
    it.add(utterance('b'));
    await vi.advanceTimersByTimeAsync(300);
    expect(posts.map(({ texts }) => texts)).toEqual([['a'], ['b']]);
  });

  it('uses a request that outlives the page when it unloads', async () => {
    const it = reporter();
    it.add(utterance('a'));
    it.leave();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(posts).toEqual([{ texts: ['a'], keepalive: true }]);
  });

  it('has sent everything after a flush', async () => {
    const it = reporter();
    it.add(utterance('a'));
    await it.flush();
    expect(posts).toHaveLength(1);
    await it.flush();
    expect(posts).toHaveLength(1);
  });
});
