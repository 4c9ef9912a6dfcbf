/**
 * The script behind the tag. Shows the launcher and queues the page's calls to `window.Widget` until the app is loaded. The app is loaded
 * when the visitor or the page first opens the widget, and nothing else before that.
 */
import type { App, AppModule, Host, Appearance, WidgetApi } from '../contract';
import { onColor } from '../color';
import css from './loader.css?inline';
import { element, icon } from './dom';
import { isAttribute, isCall } from './rules';

declare const APP_MODULE: string;
declare const MISTAKES_MODULE: string;

type Handler = (detail: unknown) => void;
type Call = [name: string, ...args: unknown[]];
type Mistakes = typeof import('./mistakes');

type Labels = [open: string, failed: string];
const english: Labels = ['Open chat', "The chat couldn't be loaded. Try again"];
const labels: Record<string, Labels> = {
  de: ['Chat öffnen', 'Der Chat konnte nicht geladen werden. Erneut versuchen'],
  es: ['Abrir el chat', 'No se pudo cargar el chat. Intentar de nuevo'],
  ar: ['فتح الدردشة', 'تعذّر تحميل الدردشة. أعد المحاولة'],
};

function install(script: HTMLScriptElement): void {
  const page = window as unknown as { Widget?: WidgetApi | Call[] };
  const existing = page.Widget;
  if (existing && !Array.isArray(existing)) {
    // A second tag on the page, or a router has inserted the tag again, perhaps into a new body.
    existing.attach();
    return;
  }

  const data = script.dataset;
  const { siteKey, mode, color, position, locale } = data;
  const api = new URL(script.src).origin;
  // Loads the explanations of mistakes only when there is one.
  const explain = (kind: 'tag' | 'call', value: object): unknown =>
    (import(/* @vite-ignore */ `${api}/embed/${MISTAKES_MODULE}`) as Promise<Mistakes>)
      .then((mistakes) => mistakes.explain(kind, value))
      .catch(() => undefined);
  const isValid = (name: string): boolean => isAttribute(name, data[name]);
  if (!siteKey || !Object.keys(data).every(isValid)) explain('tag', data);
  if (!siteKey) return;

  const storageKey = `widget:${siteKey}:looks`;
  const language = (locale ?? document.documentElement.lang) || navigator.language;
  const [openLabel, failedLabel] = labels[language.slice(0, 2)] ?? english;

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

  const handlers: Record<string, Set<Handler>> = {};
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
    setAppearance(appearance) {
      // The tag's attributes override the tenant's settings.
      const accent = color && isValid('color') ? color.replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3') : appearance.color;
      root.style.setProperty('--accent', accent);
      root.style.setProperty('--on-accent', onColor(accent));
      root.dataset.position = position && isValid('position') ? position : appearance.position;
      try {
        localStorage.setItem(storageKey, JSON.stringify(appearance));
      } catch {
        // Storage is blocked. The appearance is then right once the app is loaded.
      }
    },
    emit(event, detail) {
      // An error in one handler must not stop the others.
      for (const handler of handlers[event] ?? []) guard(() => handler(detail));
    },
  };

  let app: App | undefined;
  let loading: Promise<void> | undefined;
  let destroyed = false;
  const pending: Call[] = [];

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
        for (const call of pending.splice(0)) guard(() => run(call));
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
    // The widget is closed until the app is loaded, so `toggle` means `open`, also when the visitor clicks again while it loads.
    pending.push([name === 'toggle' ? 'open' : name, ...args]);
    // Other calls, like `identify`, do not load the app.
    if (/^(open|toggle|ask)$/.test(name)) load();
  }

  // The functions of the loader itself. The others are the app's.
  const loaderCalls: Record<string, (...args: never[]) => void> = {
    on(event: string, handler: Handler) {
      (handlers[event] ??= new Set()).add(handler);
    },
    off(event: string, handler: Handler) {
      handlers[event]?.delete(handler);
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
  };

  /** Runs a call of the page. A mistake is ignored and explained on the console, but `ask` without a text still opens the panel. */
  function perform(...call: unknown[]): void {
    const [name, ...args] = call as Call;
    const known = isCall(call);
    if (!known) explain('call', call);
    if (known || name === 'ask')
      guard(() => (loaderCalls[name] ? loaderCalls[name](...(args as never[])) : run(call as Call)));
  }

  /** Supports `Widget.open()`, `Widget('open')` and, for calls queued before this script ran, `Widget.push(['open'])`. */
  const widget = new Proxy(perform, {
    get: (_, name) =>
      // `await` looks for "then". Symbols are never functions of the API.
      name === 'then' || typeof name === 'symbol'
        ? undefined
        : (...args: unknown[]) => perform(...([] as unknown[]).concat(name === 'push' ? args[0] : [name, ...args])),
  }) as unknown as WidgetApi & { push(call: Call): void };

  button.addEventListener('click', () => widget.toggle());
  page.Widget = widget;
  host.setAppearance(storedAppearance(storageKey) ?? { color: '#2f5bea', position: 'right' });
  for (const call of existing ?? []) guard(() => widget.push(call));
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

function storedAppearance(storageKey: string): Appearance | null {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? 'null') as Appearance | null;
  } catch {
    return null;
  }
}

if (document.currentScript instanceof HTMLScriptElement) install(document.currentScript);
