/**
 * The tag. Shows the launcher and keeps what the page asks of `window.Widget` until the app is there. The app is fetched when the
 * visitor, or the page, first shows interest; nothing else is.
 */
import type { App, AppModule, Host, Looks, WidgetApi, WidgetEventName } from '../contract';
import { onColor } from '../color';
import css from './loader.css?inline';
import { element, icon } from './dom';

declare const APP_MODULE: string;

type Handler = (detail: unknown) => void;
type Call = [name: string, ...args: unknown[]];

const labels: Record<string, [open: string, failed: string]> = {
  en: ['Open chat', 'The chat could not be loaded. Try again'],
  de: ['Chat öffnen', 'Der Chat konnte nicht geladen werden. Erneut versuchen'],
  es: ['Abrir el chat', 'No se pudo cargar el chat. Intentar de nuevo'],
  ar: ['فتح المحادثة', 'تعذّر تحميل المحادثة. أعد المحاولة'],
};

function install(script: HTMLScriptElement): void {
  const page = window as unknown as { Widget?: WidgetApi | Call[] };
  const early = Array.isArray(page.Widget) ? page.Widget : [];
  if (page.Widget && !Array.isArray(page.Widget)) {
    // A second tag on the page, or one that a router inserted again, perhaps with a new body.
    page.Widget.attach();
    return;
  }

  const { siteKey, mode, color, position, locale } = script.dataset;
  if (!siteKey) {
    console.error('Widget: the script tag has no data-site-key.');
    return;
  }

  const api = new URL(script.src).origin;
  const memory = `widget:${siteKey}:looks`;
  const language = (locale ?? document.documentElement.lang) || navigator.language;
  const [openLabel, failedLabel] = labels[language.slice(0, 2)] ?? [
    'Open chat',
    'The chat could not be loaded. Try again',
  ];

  const root = element('div', { id: 'widget-root' });
  const shadow = root.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [sheet];
  const badge = element('span', { class: 'badge', hidden: '' });
  const button = element('button', {
    class: 'launcher',
    type: 'button',
    'aria-label': openLabel,
    'aria-expanded': 'false',
  });
  button.append(icon('chat'), icon('close'), badge);
  if (mode !== 'page') shadow.append(button);

  const handlers = new Map<string, Set<Handler>>();
  const host: Host = {
    siteKey,
    api,
    mode: mode === 'page' ? 'page' : 'bubble',
    locale,
    element: root,
    shadow,
    launcher(open, label) {
      button.setAttribute('aria-expanded', String(open));
      button.setAttribute('aria-label', label);
    },
    badge(unread) {
      badge.hidden = unread === 0;
      badge.textContent = unread > 9 ? '9+' : String(unread);
    },
    looks(looks) {
      // What the tag says wins; a page may want its own.
      const accent = hex(color) ?? looks.color;
      root.style.setProperty('--accent', accent);
      root.style.setProperty('--on-accent', onColor(accent));
      root.dataset.position = position ?? looks.position;
      try {
        localStorage.setItem(memory, JSON.stringify(looks));
      } catch {
        // Storage may be blocked; the looks then come with the first opening.
      }
    },
    emit(event, detail) {
      // A page's mistake is the page's alone.
      for (const handler of handlers.get(event) ?? []) guard(() => handler(detail));
    },
  };

  let app: App | undefined;
  let loading: Promise<void> | undefined;
  let destroyed = false;
  const waiting: Call[] = [];

  function load(): void {
    if (app || loading) return;
    button.dataset.state = 'loading';
    loading = (import(/* @vite-ignore */ `${api}/embed/${APP_MODULE}`) as Promise<AppModule>)
      .then((module) => {
        if (destroyed) return;
        delete button.dataset.state;
        button.removeAttribute('title');
        app = module.start(host);
        host.emit('ready', undefined);
        for (const call of waiting.splice(0)) guard(() => run(call));
      })
      .catch(() => {
        loading = undefined;
        button.dataset.state = 'failed';
        button.setAttribute('aria-label', failedLabel);
        button.title = failedLabel;
        host.emit('error', { message: failedLabel });
      });
  }

  function run([name, ...args]: Call): void {
    if (app) {
      (app[name as keyof App] as (...args: unknown[]) => void)(...args);
      return;
    }
    // Until it is there it is closed, so that pressing again while it loads, or after it could not be loaded, opens it, too.
    waiting.push([name === 'toggle' ? 'open' : name, ...args]);
    // Only wanting to see or say something is interest; saying who the visitor is can wait.
    if (name === 'open' || name === 'toggle' || name === 'ask') load();
  }

  const widget: WidgetApi & { push(call: Call): void } = {
    open: () => run(['open']),
    close: () => run(['close']),
    toggle: () => run(['toggle']),
    ask: (text) => run(['ask', text]),
    identify: (identity) => run(['identify', identity]),
    setContext: (context) => run(['setContext', context]),
    on(event, handler) {
      if (!handlers.has(event)) handlers.set(event, new Set());
      handlers.get(event)?.add(handler as Handler);
    },
    off(event: WidgetEventName, handler) {
      handlers.get(event)?.delete(handler as Handler);
    },
    attach() {
      if (!root.isConnected && !destroyed) document.body.append(root);
    },
    destroy() {
      destroyed = true;
      app?.destroy();
      root.remove();
      delete page.Widget;
      host.emit('destroy', undefined);
    },
    /** Takes calls that a page queued as arrays before this script came: `(window.Widget ||= []).push(['open'])`. */
    push([name, ...args]) {
      const call = (widget as unknown as Record<string, ((...args: unknown[]) => void) | undefined>)[name];
      if (call) guard(() => call(...args));
      else console.warn(`Widget has no "${name}".`);
    },
  };

  button.addEventListener('click', () => widget.toggle());
  page.Widget = widget;
  host.looks(remembered(memory) ?? { color: '#2f5bea', position: 'right' });
  for (const call of early) widget.push(call);
  const show = (): void => {
    widget.attach();
    if (host.mode === 'page') widget.open();
  };
  if (document.body as HTMLElement | null) show();
  else document.addEventListener('DOMContentLoaded', show);
}

function guard(call: () => void): void {
  try {
    call();
  } catch (error) {
    reportError(error);
  }
}

/** A colour as the rest understands it; undefined for what is none. */
function hex(color: string | undefined): string | undefined {
  const long = color?.replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3');
  return long && /^#[\da-f]{6}$/i.test(long) ? long : undefined;
}

function remembered(memory: string): Looks | undefined {
  try {
    return (JSON.parse(localStorage.getItem(memory) ?? 'null') as Looks | null) ?? undefined;
  } catch {
    return undefined;
  }
}

if (document.currentScript instanceof HTMLScriptElement) install(document.currentScript);
