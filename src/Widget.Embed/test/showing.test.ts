import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Demo, Price } from '../src/app/events';
import { locale } from '../src/app/i18n';
import { amountOf, unitOf } from '../src/showing/Prices';
import { readableName } from '../src/showing/ToolLine';
import { addressOf, sourceOf, type Source } from '../src/showing/source';

const api = 'https://chat.example';
const source = (demo: Partial<Demo>, showsPdf = true): Source =>
  sourceOf(
    { id: 'd', kind: 'video', url: 'https://shop.example/tour.mp4', title: 'Tour', ...demo },
    api,
    'https://shop.example',
    showsPdf,
  );
const url = (demo: Partial<Demo>): string | undefined => {
  const it = source(demo);
  return 'url' in it ? it.url : undefined;
};

describe('a tool', () => {
  it('has a name that people can read', () => {
    expect(readableName('check_stock')).toBe('Check stock');
    expect(readableName('rides__find_ride')).toBe('Find ride');
    expect(readableName('__')).toBe('__');
    expect(readableName('größe_prüfen')).toBe('Größe prüfen');
  });
});

describe('a video', () => {
  it('is played in its part', () => {
    expect(source({ start: 42, end: 95 })).toEqual({
      show: 'video',
      url: 'https://shop.example/tour.mp4#t=42,95',
      start: 42,
      end: 95,
    });
    expect(url({ start: 42 })).toBe('https://shop.example/tour.mp4#t=42');
    // The first frame is the poster.
    expect(url({})).toBe('https://shop.example/tour.mp4#t=0.1');
    expect(url({ start: 50, end: 20 })).toBe('https://shop.example/tour.mp4#t=50');
  });

  it('of a video service is shown in its player, which keeps what it can private', () => {
    const youtube = 'https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?autoplay=1&rel=0&start=42&end=96';
    for (const address of [
      'https://www.youtube.com/watch?v=aqz-KE-bpKQ',
      'https://youtu.be/aqz-KE-bpKQ',
      'https://m.youtube.com/shorts/aqz-KE-bpKQ',
      'https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ',
    ])
      expect(source({ url: address, start: 42, end: 95.5 })).toEqual({ show: 'player', host: 'YouTube', url: youtube });
    expect(source({ url: 'https://vimeo.com/76979871/abc', start: 5 })).toEqual({
      show: 'player',
      host: 'Vimeo',
      url: 'https://player.vimeo.com/video/76979871?autoplay=1&dnt=1&h=abc#t=5s',
    });
    expect(source({ url: 'https://www.loom.com/share/0a1b2c', start: 9 })).toEqual({
      show: 'player',
      host: 'Loom',
      url: 'https://www.loom.com/embed/0a1b2c?autoplay=1&t=9',
    });
  });

  it('of an address that only looks like a video service is none of theirs', () => {
    expect(source({ url: 'https://youtube.com.evil.example/watch?v=aqz-KE-bpKQ' }).show).toBe('video');
  });
});

describe('a slide', () => {
  it('is a page of a PDF, if the browser shows those', () => {
    const pdf: Partial<Demo> = { kind: 'slide', url: 'https://shop.example/fleet.PDF?v=2', page: 4 };
    expect(source(pdf)).toEqual({ show: 'document', url: 'https://shop.example/fleet.PDF?v=2#page=4' });
    expect(source(pdf, false)).toEqual({ show: 'nothing' });
  });

  it('is a picture, or a page of another presentation in a sandbox', () => {
    expect(source({ kind: 'slide', url: 'https://shop.example/4.png', page: 4 }).show).toBe('image');
    expect(source({ kind: 'slide', url: 'https://slides.example/d/1', page: 4 })).toMatchObject({
      show: 'page',
      sandbox: expect.stringContaining('allow-scripts') as string,
    });
  });
});

describe('a page', () => {
  it('keeps its origin only if that is not the site’s own', () => {
    const sandbox = (address: string): unknown =>
      (source({ kind: 'page', url: address }) as { sandbox: string }).sandbox;
    expect(sandbox('https://other.example/')).toContain('allow-same-origin');
    expect(sandbox('https://shop.example/configurator')).not.toContain('allow-same-origin');
  });
});

describe('the address of a demo', () => {
  it('is one of the web, or a path of the API', () => {
    const demo = { id: 'd', kind: 'image', title: 'x' } as const;
    expect(addressOf({ ...demo, url: '/files/1' }, api)).toBe('https://chat.example/files/1');
    for (const wrong of ['javascript:alert(1)', 'mailto:a@b.example', 'data:text/html,x'])
      expect(source({ ...demo, url: wrong }).show).not.toBe('page');
    expect(addressOf({ ...demo, url: 'mailto:a@b.example' }, api)).toBeUndefined();
    expect(source({ kind: 'page', url: 'javascript:alert(1)' })).toEqual({ show: 'nothing' });
  });
});

describe('an amount', () => {
  const amount = (value: number | null, currency: string | null): string | undefined =>
    amountOf({ id: '1', name: 'x', amount: value, currency } satisfies Price)?.replace(/\s/g, ' ');
  afterEach(() => {
    locale.value = 'en';
  });

  it('has the currency’s decimals, unless it is whole', () => {
    expect([amount(5490, 'EUR'), amount(12.5, 'EUR'), amount(0, 'USD'), amount(1500, 'JPY')]).toEqual([
      '€5,490',
      '€12.50',
      '$0',
      '¥1,500',
    ]);
  });

  it('is written as in the visitor’s language', () => {
    locale.value = 'de';
    expect(amount(12345.5, 'EUR')).toBe('12.345,50 €');
  });

  it('is missing if it is on request, and keeps an unknown currency', () => {
    expect([amount(null, 'EUR'), amount(5, 'points'), amount(5, null)]).toEqual([undefined, '5 points', '5']);
  });
});

describe('what a price is for', () => {
  it('is said in the visitor’s language if it is a usual unit', async () => {
    expect(unitOf('Monat')).toBe('month');
    expect(unitOf('años')).toBe('años');
    locale.value = 'de';
    await vi.waitFor(() => expect(unitOf('month')).toBe('Monat'));
    expect(unitOf(' Year ')).toBe('Jahr');
    locale.value = 'ar';
    await vi.waitFor(() => expect(unitOf('users')).toBe('مستخدم'));
  });

  it('stays as the company has written it otherwise', () => {
    expect(unitOf('bike and season')).toBe('bike and season');
    expect(unitOf('months of rent')).toBe('months of rent');
  });
});
