/**
 * The script behind the tag. Shows the launcher and queues the page's calls to `window.Widget` until the app is loaded. The app is loaded
 * when the visitor or the page first opens the widget, and nothing else before that.
 */
import type { App, AppModule, Host, Appearance, WidgetApi } from '../contract';
import { onColor } from '../color';
import css from './loader.css?inline';
import { clean, isAttribute, isCall } from './rules';

declare const APP_MODULE: string;
declare const ASIDE_MODULE: string;
/** The page's own variable, if any. A class with this name is not a property of `window`. */
declare const Widget: unknown;

type Handler = (detail: unknown) => void;
type Call = [name: string, ...args: unknown[]];
type Aside = typeof import('./aside');
type Api = WidgetApi & { siteKey: string; push(call: Call): void };

/** The launcher's label, and what it says if the chat could not be loaded. */
const labels: Record<string, string[]> = {
  en: ['Open chat', "The chat couldn't be loaded. Try again"],
  de: ['Chat öffnen', 'Chat nicht verfügbar. Erneut versuchen'],
  es: ['Abrir el chat', 'Chat no disponible. Reintentar'],
  ar: ['فتح الدردشة', 'تعذّر فتح الدردشة. أعد المحاولة'],
};
const page = window as unknown as Record<string, unknown>;

function install({ src, dataset }: HTMLScriptElement): void {
  // An ampersand may have been escaped twice, and the # of a color not at all.
  const { origin: api, searchParams } = new URL(src.replace(/amp;|#038;/g, '').replace('#', '%23'));
  // Content systems drop attributes, so settings can also be in the address or in a global variable.
  // eslint-disable-next-line @typescript-eslint/no-misused-spread -- A dataset has nothing but its entries.
  const own: Record<string, unknown> = { ...dataset, ...(page.WidgetSettings as object | undefined) };
  const setting = (name: string): string | undefined => {
    const value = clean(own[name] ?? searchParams.get(name));
    return isAttribute(name, value) ? value : undefined;
  };
  // Loads the explanations of mistakes, or the messages beside the launcher, only when there are any.
  const aside = (kind: Parameters<Aside['run']>[0], value: object): unknown =>
    (import(/* @vite-ignore */ `${api}/embed/${ASIDE_MODULE}`) as Promise<Aside>)
      .then((module) => module.run(kind, value))
      .catch(() => undefined);
  const siteKey = setting('siteKey') ?? setting('key');
  if (!siteKey || !Object.keys(own).every(setting)) aside('tag', { ...Object.fromEntries(searchParams), ...own });
  if (!siteKey) return;

  let name = setting('name') ?? 'Widget';
  let existing = (page[name] ?? (name === 'Widget' && typeof Widget !== 'undefined' ? Widget : undefined)) as
    Api | Call[] | undefined;
  // The page uses the name itself.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- It may be anything.
  if (existing && !existing.push) {
    aside('name', [name]);
    name = 'WidgetChat';
    existing = page[name] as Api | Call[] | undefined;
  }
  if (existing && !Array.isArray(existing)) {
    // A second tag on the page, or a router has inserted the tag again, perhaps into a new body.
    if (existing.siteKey === siteKey) existing.attach();
    else aside('tenant', [existing.siteKey, siteKey]);
    return;
  }

  const isPage = setting('mode') === 'page';
  const locale = setting('locale');
  const prefix = `widget:${siteKey}`;
  const language = (locale ?? document.documentElement.lang) || navigator.language;
  const [openLabel, failedLabel] = (labels[language.slice(0, 2)] ?? labels.en) as [string, string];

  // Not a div: libraries that morph one page into the next would turn it into an element of that page.
  const root = document.createElement('widget-root');
  root.id = root.localName;
  const shadow = root.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [sheet];
  const badge = document.createElement('span');
  badge.className = 'badge';
  const button = document.createElement('button');
  button.className = 'launcher';
  button.append(icon(), badge);
  if (!isPage) shadow.append(button);

  /** What the launcher looks like; undefined until that is known. */
  let appearance = attempt(() => JSON.parse(localStorage.getItem(`${prefix}:looks`) ?? '') as Appearance);
  const remember = (change: Partial<Appearance>): void => {
    appearance = { ...appearance, ...change } as Appearance;
    attempt(() => localStorage.setItem(`${prefix}:looks`, JSON.stringify(appearance)));
  };
  /** Applies an appearance. The tag's settings override the tenant's. */
  const apply = (shown: Appearance): void => {
    const color = setting('color') ?? shown.color;
    const accent = `#${color.slice(-6)}`.replace(/^#*(.)(.)(.)$/, '#$1$1$2$2$3$3');
    root.style.setProperty('--accent', accent);
    root.style.setProperty('--on-accent', onColor(accent));
    root.dataset.position = setting('position') ?? shown.position;
  };

  const handlers: Record<string, Set<Handler>> = {};
  const host: Host = {
    siteKey,
    api,
    mode: isPage ? 'page' : 'bubble',
    locale,
    element: root,
    shadow,
    appearance: () => appearance,
    launcher(open, label) {
      button.ariaExpanded = `${open}`;
      button.ariaLabel = label;
    },
    badge(unread) {
      badge.textContent = unread > 9 ? '9+' : ((unread || '') as string);
      if (appearance) remember({ unread });
    },
    setAppearance(change) {
      remember(change);
      apply(change);
    },
    forget() {
      attempt(() => {
        for (const store of [localStorage, sessionStorage])
          for (const key of Object.keys(store)) if (key.startsWith(prefix)) store.removeItem(key);
      });
      host.badge(0);
    },
    emit(event, detail) {
      // An error in one handler must not stop the others.
      for (const handler of handlers[event] ?? []) guard(() => handler(detail));
    },
  };

  let app: App | undefined;
  let loading: Promise<void> | undefined;
  /** Undefined until the appearance is known; false once the page has removed the widget. */
  let isWanted: boolean | undefined;
  const pending: Call[] = [];

  function load(): void {
    if (app || loading) return;
    button.dataset.state = 'loading';
    loading = (import(/* @vite-ignore */ `${api}/embed/${APP_MODULE}`) as Promise<AppModule>)
      .then((module) => {
        if (isWanted === false) return;
        delete button.dataset.state;
        button.removeAttribute('title');
        app = module.start(host);
        host.emit('ready');
        for (const call of pending.splice(0)) guard(() => run(call));
      })
      .catch(() => {
        loading = undefined;
        button.dataset.state = 'failed';
        host.launcher(false, (button.title = failedLabel));
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

  // Brings the widget back when a router replaces the body or its content, at most twenty times within five seconds.
  let returns = 0;
  const observer = new MutationObserver(() => {
    if (!root.isConnected && returns < 20) {
      returns++;
      setTimeout(() => returns--, 5000);
      loaderCalls.attach();
    }
  });

  // The functions of the loader itself. The others are the app's.
  const loaderCalls = {
    on(event: string, handler: Handler) {
      (handlers[event] ??= new Set()).add(handler);
    },
    off(event: string, handler: Handler) {
      handlers[event]?.delete(handler);
    },
    attach() {
      if (root.isConnected || !isWanted) return;
      for (const node of [document, document.documentElement, document.body as Node | null])
        if (node) observer.observe(node, { childList: true });
      // A router may have kept a copy of the body, and with it of the element, but without its content.
      for (const copy of document.querySelectorAll(root.localName)) if (!copy.shadowRoot) copy.remove();
      (document.body as HTMLElement | null)?.append(root);
      app?.attached();
    },
    reset() {
      pending.length = 0;
      host.forget();
      app?.reset();
    },
    destroy() {
      isWanted = false;
      observer.disconnect();
      app?.destroy();
      root.remove();
      Reflect.deleteProperty(page, name);
      host.emit('destroy');
    },
  };

  /** Runs a call of the page. A mistake is ignored and explained on the console, but `ask` without a text still opens the panel. */
  function perform(...call: unknown[]): void {
    const [name, ...args] = call as Call;
    const known = isCall(call);
    if (!known) aside('call', call);
    // eslint-disable-next-line @typescript-eslint/unbound-method -- None of them uses `this`.
    const own = loaderCalls[name as keyof typeof loaderCalls] as ((...args: unknown[]) => void) | undefined;
    if (known || name === 'ask') guard(() => (own ? own(...args) : run(call as Call)));
  }

  /** Supports `Widget.open()`, `Widget('open')` and, for calls queued before this script ran, `Widget.push(['open'])`. */
  const widget = new Proxy(perform, {
    get: (_, name) =>
      name === 'siteKey'
        ? siteKey
        : // `await` looks for "then". Symbols are never functions of the API.
          name === 'then' || typeof name === 'symbol'
          ? undefined
          : (...args: unknown[]) => perform(...([] as unknown[]).concat(name === 'push' ? args[0] : [name, ...args])),
  }) as unknown as Api;

  button.addEventListener('click', () => widget.toggle());
  host.launcher(false, openLabel);
  host.badge(appearance?.unread ?? 0);
  page[name] = widget;
  for (const call of existing ?? []) guard(() => widget.push(call));
  const show = (shown: Appearance): void => {
    if (isWanted === false) return;
    apply(shown);
    // Unknown if the tag has a color and a position: nobody has asked for them.
    if (shown.triggers !== null) aside('triggers', host);
    isWanted = true;
    loaderCalls.attach();
    // The panel stays open when the visitor goes to another page.
    if (isPage || attempt(() => sessionStorage.getItem(`${prefix}:open`))) run(['open', !isPage]);
  };
  if (appearance?.color || isPage || (setting('color') && setting('position'))) show(appearance ?? standard);
  // The launcher must not appear in one color and change to another.
  else
    fetch(`${api}/api/widget/appearance?key=${siteKey}`, { signal: AbortSignal.timeout(1500) })
      .then((response) =>
        response.status === 404
          ? aside('key', [siteKey])
          : response.json().then((found: Appearance) => {
              remember(found);
              show(found);
            }),
      )
      .catch(() => show(standard));
}

const standard: Appearance = { color: '#2f5bea', position: 'right' };

function icon(): Element {
  const [svg, path] = ['svg', 'path'].map((tag) =>
    document.createElementNS('http://www.w3.org/2000/svg', tag),
  ) as Element[] as [Element, Element];
  svg.setAttribute('viewBox', '0 0 24 24');
  path.setAttribute('d', 'M12 3c-5 0-9 3-9 8 0 2 1 4 3 5.5l-1.5 4 5-2C15 20 21 17 21 11c0-5-4-8-9-8Z');
  svg.append(path);
  return svg;
}

function guard(call: () => void): void {
  try {
    call();
  } catch (error) {
    reportError(error);
  }
}

/** Undefined if storage is blocked or full, or its content is not ours. */
function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

// `document.currentScript` is null for tags of the type "module".
const current = document.currentScript as HTMLScriptElement | null;
const tags = current ? [current] : document.querySelectorAll<HTMLScriptElement>('script[src*="/widget.js"]');
for (const script of tags) install(script);
