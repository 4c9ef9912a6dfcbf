import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Appearance, Host, Trigger } from '../src/contract';
import type { BubbleActions } from '../src/triggers/bubble';
import { isDue, isOn, type Visit } from '../src/triggers/conditions';
import { Triggers } from '../src/triggers/triggers';
import { fakeArea, fakeWindow } from './storage.fakes';

vi.mock('../src/triggers/bubble', () => ({ showBubble: () => undefined }));

const visit: Visit = { path: '/prices', seconds: 10, scrolled: 40, exited: false, returning: false, shown: {} };
const trigger = (when: Trigger['when'], cap = 1): Trigger => ({
  id: 't',
  when,
  variants: [{ id: 'a', message: 'Any questions?' }],
  cap,
});

describe('the condition of a message', () => {
  it('is met if all that is given is met', () => {
    expect(isDue(trigger({}), visit)).toBe(true);
    expect(isDue(trigger({ pages: ['/prices'], afterSeconds: 10, scrollPercent: 40 }), visit)).toBe(true);
    for (const when of [
      { pages: ['/blog/*'] },
      { afterSeconds: 11 },
      { scrollPercent: 41 },
      { onExit: true },
      { returning: true },
    ])
      expect(isDue(trigger({ pages: ['/prices'], ...when }), visit)).toBe(false);
  });

  it('is met for a new visitor, a returning one or one who leaves', () => {
    expect(isDue(trigger({ returning: false }), visit)).toBe(true);
    expect(isDue(trigger({ returning: true, onExit: true }), { ...visit, returning: true, exited: true })).toBe(true);
  });

  it('is not met once the visitor has seen the message often enough', () => {
    expect(isDue(trigger({}, 2), { ...visit, shown: { t: 1, other: 9 } })).toBe(true);
    expect(isDue(trigger({}, 2), { ...visit, shown: { t: 2 } })).toBe(false);
  });
});

describe('a pattern of pages', () => {
  it('matches the path as people write it', () => {
    const matches = (pattern: string): string[] =>
      ['/', '/prices', '/prices/', '/prices/fleet', '/price', '/de/Prices'].filter((path) => isOn([pattern], path));
    expect(matches('/prices')).toEqual(['/prices', '/prices/']);
    expect(matches('prices')).toEqual(['/prices', '/prices/']);
    expect(matches('/prices/*')).toEqual(['/prices', '/prices/', '/prices/fleet']);
    expect(matches('/prices*')).toEqual(['/prices', '/prices/', '/prices/fleet']);
    expect(matches('*/prices')).toEqual(['/prices', '/prices/', '/de/Prices']);
    expect(matches('/')).toEqual(['/']);
    expect(matches('/*')).toHaveLength(6);
  });

  it('has no other special characters', () => {
    expect([isOn(['/a.b'], '/axb'), isOn(['/a.b'], '/a.b'), isOn(['/(a)'], '/(a)')]).toEqual([false, true, true]);
  });

  it('is not needed', () => {
    expect([isOn(undefined, '/x'), isOn(null, '/x'), isOn([], '/x')]).toEqual([true, true, true]);
  });
});

describe('the messages beside the launcher', () => {
  let appearance: Appearance;
  let beacons: Record<string, unknown>[];
  let bubbles: (BubbleActions & { message: string; shown: boolean })[];
  let launcher: { ariaExpanded: string; click: () => void };
  let found: string[];
  let host: Host;
  let running: Triggers[];
  let page: { pathname: string; href: string };

  /** Another page, or a reload, in the same tab. */
  const visitPage = (path = '/prices'): void => {
    for (const triggers of running) triggers.stop();
    page.pathname = path;
    const triggers = new Triggers(host, (_, message, __, ___, actions) => {
      const bubble = { ...actions, message, shown: true };
      bubbles.push(bubble);
      return { remove: () => (bubble.shown = false) };
    });
    running.push(triggers);
    triggers.run();
  };
  const seconds = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(count * 1000);
  const shown = (): string[] => bubbles.filter((bubble) => bubble.shown).map(({ message }) => message);

  beforeEach(() => {
    vi.useFakeTimers();
    [beacons, bubbles, found, running, page] = [[], [], [], [], { pathname: '/', href: 'https://shop.example/?a=1' }];
    launcher = {
      ariaExpanded: 'false',
      click: () => {
        launcher.ariaExpanded = 'true';
      },
    };
    const tabs = fakeWindow();
    vi.stubGlobal('window', tabs);
    vi.stubGlobal('location', page);
    vi.stubGlobal('document', {
      hidden: false,
      documentElement: {
        lang: 'en',
        scrollHeight: 4000,
        addEventListener: () => undefined,
        removeEventListener: () => undefined,
      },
    });
    vi.stubGlobal('addEventListener', () => undefined);
    vi.stubGlobal('removeEventListener', () => undefined);
    vi.stubGlobal('innerHeight', 800);
    vi.stubGlobal('scrollY', 0);
    vi.stubGlobal('matchMedia', () => ({ matches: true }));
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('No network.')));
    vi.stubGlobal('navigator', {
      language: 'en',
      sendBeacon: (_: string, body: string) => beacons.push(JSON.parse(body) as Record<string, unknown>),
    });
    appearance = { color: '#000000', position: 'right', triggers: [trigger({ afterSeconds: 5 }, 2)] };
    host = {
      siteKey: 'pk',
      api: '',
      mode: 'bubble',
      locale: undefined,
      element: { isConnected: true },
      shadow: {
        querySelector: (selector: string) =>
          selector === '.launcher' ? launcher : found.some((name) => selector.includes(name)) ? {} : null,
      },
      appearance: () => appearance,
    } as unknown as Host;
  });

  afterEach(() => {
    for (const triggers of running) triggers.stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('are shown when they are due, and reported', async () => {
    visitPage();
    await seconds(4);
    expect(shown()).toEqual([]);
    await seconds(2);
    expect(shown()).toEqual(['Any questions?']);
    expect(beacons).toEqual([
      { siteKey: 'pk', trigger: 't', variant: 'a', event: 'shown', page: 'https://shop.example/?a=1' },
    ]);
  });

  it('are asked for if the tag has a color and a position, so that nobody else has asked', async () => {
    const found = { color: '#000000', position: 'left', scheme: 'dark', triggers: [trigger({})] };
    appearance = undefined as unknown as Appearance;
    Object.assign(host, { setAppearance: (known: Appearance) => (appearance = known) });
    const asked: string[] = [];
    vi.stubGlobal('fetch', (path: string) => {
      asked.push(path);
      return Promise.resolve(new Response(JSON.stringify(found)));
    });
    visitPage();
    await seconds(3);
    visitPage();
    await seconds(3);
    expect(asked).toEqual(['/api/widget/appearance?key=pk']);
    expect(appearance).toMatchObject({ scheme: 'dark', triggers: found.triggers });
    expect(bubbles.length).toBeGreaterThan(0);
  });

  it('show the visitor the same wording each time', async () => {
    appearance = {
      color: '#000000',
      position: 'right',
      triggers: [
        {
          ...trigger({}, 5),
          variants: [
            { id: 'a', message: 'A' },
            { id: 'b', message: 'B' },
          ],
        },
      ],
    };
    const seen = new Set<string | undefined>();
    for (let visit = 0; visit < 4; visit++) {
      visitPage();
      await seconds(2);
      seen.add(shown()[0]);
    }
    expect(seen.size).toBe(1);
  });

  it('open the panel with the message as the agent’s first line', async () => {
    visitPage();
    await seconds(6);
    bubbles[0]?.open();
    expect([launcher.ariaExpanded, host.opener, shown()]).toEqual(['true', 'Any questions?', []]);
    expect(beacons.map(({ event }) => event)).toEqual(['shown', 'opened']);
    // Also on the next page.
    delete host.opener;
    visitPage('/other');
    expect(host.opener).toBe('Any questions?');
  });

  it('are not shown again in this tab once they are closed', async () => {
    visitPage();
    await seconds(6);
    bubbles[0]?.close();
    expect(beacons.at(-1)).toMatchObject({ event: 'closed' });
    visitPage();
    await seconds(30);
    expect(bubbles).toHaveLength(1);
  });

  it('are shown as often as they may be, over pages', async () => {
    for (let i = 0; i < 4; i++) {
      visitPage();
      await seconds(6);
    }
    expect(bubbles).toHaveLength(2);
  });

  it('are not shown while the panel is open, a call runs, or the visitor has written', async () => {
    visitPage();
    launcher.ariaExpanded = 'true';
    await seconds(10);
    launcher.ariaExpanded = 'false';
    for (const name of ['.stage', '.message.visitor']) {
      found = [name];
      await seconds(10);
    }
    expect(bubbles).toEqual([]);
    found = [];
    await seconds(2);
    expect(shown()).toHaveLength(1);
    launcher.ariaExpanded = 'true';
    await seconds(2);
    expect(shown()).toEqual([]);
  });

  it('count the time anew when a router changes the page', async () => {
    visitPage();
    await seconds(4);
    page.pathname = '/other';
    await seconds(4);
    expect(bubbles).toEqual([]);
    await seconds(3);
    expect(bubbles).toHaveLength(1);
  });

  it('know a visitor who comes back in another session', async () => {
    appearance.triggers = [trigger({ returning: true })];
    visitPage();
    await seconds(3);
    visitPage();
    await seconds(3);
    expect(bubbles).toEqual([]);
    Object.assign(window, { sessionStorage: fakeArea() });
    visitPage();
    await seconds(3);
    expect(bubbles).toHaveLength(1);
  });
});
