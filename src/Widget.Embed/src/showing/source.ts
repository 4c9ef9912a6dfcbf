/** Where a demo comes from, and how it can be shown. */
import type { Demo } from '../app/events';
import { safeUrl } from '../app/markdown/links';

/** What the stage shows. Nothing: only the link. */
export type Source =
  | { show: 'video'; url: string; start: number; end: number | undefined }
  /** A video service's player, which is not loaded before the visitor agrees. */
  | { show: 'player'; url: string; host: string }
  | { show: 'image'; url: string }
  | { show: 'document'; url: string }
  | { show: 'page'; url: string; sandbox: string }
  | { show: 'nothing' };

/** The demo's own address, for the link; undefined if it is not safe. The API's own files have only a path. */
export function addressOf({ url }: Demo, api: string): string | undefined {
  return webUrl(safeUrl(url) ?? safeUrl(api + url));
}

export function sourceOf(demo: Demo, api: string, pageOrigin: string, showsPdf: boolean): Source {
  const address = addressOf(demo, api);
  if (!address) return { show: 'nothing' };
  switch (demo.kind) {
    case 'video':
      return playerOf(demo, new URL(address)) ?? videoOf(demo, address);
    case 'image':
      return { show: 'image', url: address };
    case 'slide':
      if (isPdf(address))
        return showsPdf ? { show: 'document', url: withPage(address, demo.page) } : { show: 'nothing' };
      if (!demo.page || /\.(png|jpe?g|gif|webp|avif|svg)$/i.test(new URL(address).pathname))
        return { show: 'image', url: address };
      return { show: 'page', url: address, sandbox: sandboxFor(address, pageOrigin) };
    case 'page':
      return { show: 'page', url: address, sandbox: sandboxFor(address, pageOrigin) };
  }
}

function webUrl(url: string | undefined): string | undefined {
  return url && /^https?:/.test(url) ? url : undefined;
}

/** The browser shows the first frame of the part, and plays only that. */
function videoOf({ start, end }: Demo, address: string): Source {
  const from = Math.max(0, start ?? 0);
  const to = end && end > from ? end : undefined;
  const range = from > 0 || to ? `#t=${from}${to ? `,${to}` : ''}` : '#t=0.1';
  return { show: 'video', url: address.replace(/#.*/, '') + range, start: from, end: to };
}

function playerOf({ start, end }: Demo, url: URL): Source | undefined {
  const host = url.hostname.replace(/^(www|m)\./, '');
  const from = Math.max(0, Math.floor(start ?? 0));
  const player = (address: string, name: string): Source => ({ show: 'player', url: address, host: name });
  if (/^(youtube(-nocookie)?\.com|youtu\.be)$/.test(host)) {
    const id =
      host === 'youtu.be'
        ? url.pathname.slice(1)
        : (url.searchParams.get('v') ?? /^\/(?:embed|shorts|live)\/([^/]+)/.exec(url.pathname)?.[1]);
    if (!id || !/^[\w-]{5,20}$/.test(id)) return undefined;
    const range = `${from > 0 ? `&start=${from}` : ''}${end && end > from ? `&end=${Math.ceil(end)}` : ''}`;
    return player(`https://www.youtube-nocookie.com/embed/${id}?autoplay=1&rel=0${range}`, 'YouTube');
  }
  if (/^(player\.)?vimeo\.com$/.test(host)) {
    const [, id, hash] = /^\/(?:video\/)?(\d+)(?:\/(\w+))?/.exec(url.pathname) ?? [];
    if (!id) return undefined;
    const secret = hash ?? url.searchParams.get('h');
    return player(
      `https://player.vimeo.com/video/${id}?autoplay=1&dnt=1${secret ? `&h=${encodeURIComponent(secret)}` : ''}${from > 0 ? `#t=${from}s` : ''}`,
      'Vimeo',
    );
  }
  if (host === 'loom.com') {
    const id = /^\/(?:share|embed)\/(\w+)/.exec(url.pathname)?.[1];
    return id
      ? player(`https://www.loom.com/embed/${id}?autoplay=1${from > 0 ? `&t=${from}` : ''}`, 'Loom')
      : undefined;
  }
  return undefined;
}

/** Only such an address is shown without a sandbox: in one, browsers do not show PDF files. */
function isPdf(address: string): boolean {
  return /\.pdf$/i.test(new URL(address).pathname);
}

function withPage(address: string, page: number | null | undefined): string {
  return `${address.replace(/#.*/, '')}#page=${page ?? 1}`;
}

/** A page of the site's own origin could remove its own sandbox, so it does not keep its origin. */
function sandboxFor(address: string, pageOrigin: string): string {
  const allowed = 'allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox';
  return new URL(address).origin === pageOrigin ? allowed : `${allowed} allow-same-origin`;
}
