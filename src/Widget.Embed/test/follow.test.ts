import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onResize } from '../src/app/follow';

/** Elements whose size is observed. */
let observed: Set<unknown>;
let resized: () => void;
let changed: () => void;

class FakeResizeObserver {
  constructor(callback: () => void) {
    resized = callback;
  }
  observe(element: unknown): void {
    observed.add(element);
  }
  disconnect(): void {
    observed.clear();
  }
}

class FakeMutationObserver {
  constructor(callback: () => void) {
    changed = callback;
  }
  observe(): void {
    // The test calls back.
  }
  disconnect(): void {
    changed = () => undefined;
  }
}

beforeEach(() => {
  observed = new Set();
  vi.stubGlobal('ResizeObserver', FakeResizeObserver);
  vi.stubGlobal('MutationObserver', FakeMutationObserver);
});
afterEach(() => vi.unstubAllGlobals());

describe('the end of the thread', () => {
  const list = { children: ['card'] as unknown[] };
  const follow = vi.fn();
  const start = (): (() => void) => onResize(list as unknown as Element, follow);

  it('stays visible when a card becomes higher after it has been added', () => {
    list.children = ['card'];
    start();
    expect(observed).toEqual(new Set([list, 'card']));
    follow.mockClear();
    resized();
    expect(follow).toHaveBeenCalledOnce();
  });

  it('stays visible when something is added, which may become higher, too', () => {
    start();
    follow.mockClear();
    list.children = ['card', 'invitation'];
    changed();
    expect(follow).toHaveBeenCalledOnce();
    expect(observed.has('invitation')).toBe(true);
  });

  it('is no longer followed once the thread is gone', () => {
    start()();
    expect(observed.size).toBe(0);
  });
});
