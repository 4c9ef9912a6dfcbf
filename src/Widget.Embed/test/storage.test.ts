import { afterEach, describe, expect, it, vi } from 'vitest';
import { storage } from '../src/app/storage';
import { fakeArea, fakeWindow } from './storage.fakes';

afterEach(() => {
  vi.unstubAllGlobals();
});

const unsent = (clientId: string) => ({ conversationId: 'c', clientId, text: clientId });

describe('what the browser remembers', () => {
  it('keeps the unsent messages of two tabs apart', () => {
    const shared = fakeArea();
    vi.stubGlobal('window', fakeWindow(shared));
    const first = storage('pk');
    vi.stubGlobal('window', fakeWindow(shared));
    const second = storage('pk');

    first.keepUnsent(unsent('a'));
    second.keepUnsent(unsent('b'));
    first.dropUnsent('a');
    expect([first.unsent(), second.unsent()]).toEqual([[unsent('b')], [unsent('b')]]);
  });

  it('merges what two tabs remember', () => {
    vi.stubGlobal('window', fakeWindow());
    const [first, second] = [storage('pk'), storage('pk')];
    first.set({ visitorId: 'v' });
    second.set({ listen: true });
    expect(first.get()).toEqual({ visitorId: 'v', listen: true });
  });

  it('keeps a draft for its visitor only', () => {
    vi.stubGlobal('window', fakeWindow());
    const tab = storage('pk');
    tab.set({ visitorId: 'v' });
    tab.draft = 'Half a question';
    expect(storage('pk').draft).toBe('Half a question');
    tab.set({ visitorId: 'w' });
    expect(storage('pk').draft).toBe('');
  });

  it('works while storage is blocked or full', () => {
    const blocked = () => {
      throw new Error('blocked');
    };
    vi.stubGlobal('window', {
      get localStorage() {
        return blocked();
      },
      get sessionStorage() {
        return blocked();
      },
    });
    const tab = storage('pk');
    tab.set({ visitorId: 'v' });
    tab.keepUnsent(unsent('a'));
    tab.draft = 'Half';
    expect([tab.get().visitorId, tab.unsent(), tab.draft]).toEqual(['v', [unsent('a')], 'Half']);
    tab.clear();
    expect([tab.get(), tab.unsent(), tab.draft]).toEqual([{}, [], '']);
  });

  it('ignores content that is not its own', () => {
    const shared = fakeArea() as Record<string, string>;
    shared.widgetpk = 'no JSON';
    shared['widget:pk'] = 'no JSON';
    vi.stubGlobal('window', fakeWindow(shared));
    expect(storage('pk').get()).toEqual({});
  });
});
