/**
 * Messages beside the launcher for visitors who have not opened the panel. The loader loads this if the tenant has such messages; the
 * first one is looked for when the page is idle.
 */
import type { Appearance, Host, Trigger } from '../contract';
import { showBubble, type Bubble } from './bubble';
import { isDue, type Visit } from './conditions';

type ReportedEvent = 'shown' | 'opened' | 'closed';

/** How often the conditions are checked. Routers change the page's path without an event. */
const interval = 1_000;
/** The company may have changed its messages since. */
const maxAge = 24 * 60 * 60 * 1000;

export function start(host: Host): void {
  // The hosted page is open from the start.
  if (host.mode === 'page') return;
  const triggers = new Triggers(host);
  const run = (): void => triggers.run();
  // Safari has no such callback.
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: 5_000 });
  else setTimeout(run, 1_000);
}

export class Triggers {
  readonly #store: Store;
  readonly #visit: Visit;
  #opened = Date.now();
  #bubble: Bubble | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly host: Host,
    private readonly show = showBubble,
  ) {
    this.#store = new Store(`widget:${host.siteKey}:triggers`);
    this.#visit = {
      path: location.pathname,
      seconds: 0,
      scrolled: 0,
      exited: false,
      returning: this.#store.returning,
      shown: this.#store.shown,
    };
    // The visitor has opened the panel with such a message earlier in this tab.
    const { opener } = this.#store;
    if (opener) host.opener = opener;
  }

  run(): void {
    void this.#refresh();
    addEventListener('scroll', this.#scrolled, { passive: true });
    if (matchMedia('(hover: hover) and (pointer: fine)').matches)
      document.documentElement.addEventListener('mouseleave', this.#left);
    this.#timer = setInterval(() => this.#check(), interval);
    this.#scrolled();
  }

  stop(): void {
    clearInterval(this.#timer);
    removeEventListener('scroll', this.#scrolled);
    document.documentElement.removeEventListener('mouseleave', this.#left);
    this.#remove();
  }

  readonly #scrolled = (): void => {
    const { scrollHeight } = document.documentElement;
    // A page that fits into the window has been seen whole.
    const part = scrollHeight > innerHeight ? (scrollY + innerHeight) / scrollHeight : 1;
    this.#visit.scrolled = Math.max(this.#visit.scrolled, Math.round(part * 100));
  };

  readonly #left = ({ clientY }: MouseEvent): void => {
    if (clientY > 0) return;
    this.#visit.exited = true;
    this.#check();
  };

  #check(): void {
    // The page has removed the widget.
    if (!this.host.element.isConnected) {
      this.#remove();
      return;
    }
    if (location.pathname !== this.#visit.path) {
      this.#opened = Date.now();
      Object.assign(this.#visit, { path: location.pathname, scrolled: 0, exited: false });
      this.#scrolled();
    }
    this.#visit.seconds = (Date.now() - this.#opened) / 1000;
    if (this.#isBusy()) this.#remove();
    else if (!this.#bubble && !document.hidden) {
      const due = this.host.appearance()?.triggers?.find((trigger) => isDue(trigger, this.#visit));
      if (due && !this.#store.wasClosed(due.id)) this.#show(due);
    }
  }

  /** The panel is open, a call is running behind it, or the visitor has written something already. */
  #isBusy(): boolean {
    const { shadow } = this.host;
    return (
      shadow.querySelector('.launcher')?.ariaExpanded === 'true' ||
      shadow.querySelector('.stage, .message.visitor') !== null
    );
  }

  #show(trigger: Trigger): void {
    const { host } = this;
    const variant = this.#store.chooseVariant(trigger);
    if (!variant) return;
    const { message } = variant;
    this.#store.count(trigger.id);
    this.#report(trigger.id, variant.id, 'shown');
    const language = host.locale ?? (document.documentElement.lang || navigator.language);
    this.#bubble = this.show(host.shadow, message, language, host.appearance()?.scheme ?? 'auto', {
      open: () => {
        this.#report(trigger.id, variant.id, 'opened');
        this.#store.close(trigger.id);
        this.#remove();
        host.opener = this.#store.opener = message;
        host.shadow.querySelector<HTMLElement>('.launcher')?.click();
      },
      close: () => {
        this.#report(trigger.id, variant.id, 'closed');
        this.#store.close(trigger.id);
        this.#remove();
      },
    });
  }

  #remove(): void {
    this.#bubble?.remove();
    this.#bubble = undefined;
  }

  /** There is no session yet, and the page may be about to go. */
  #report(trigger: string, variant: string, event: ReportedEvent): void {
    const page = location.href.slice(0, 2000);
    const body = { siteKey: this.host.siteKey, trigger, variant, event, page };
    // As text, so that the browser skips the CORS preflight.
    navigator.sendBeacon(`${this.host.api}/api/widget/triggers`, JSON.stringify(body));
  }

  async #refresh(): Promise<void> {
    // With a color and a position in the tag, the loader does not ask for the appearance.
    const isKnown = this.host.appearance()?.triggers !== undefined;
    if (isKnown && Date.now() - this.#store.refreshed < maxAge) return;
    try {
      const response = await fetch(`${this.host.api}/api/widget/appearance?key=${this.host.siteKey}`, {
        credentials: 'omit',
      });
      if (!response.ok) return;
      const found = (await response.json()) as Appearance;
      const { triggers = null } = found;
      this.host.setAppearance({ ...found, ...this.host.appearance(), triggers });
      this.#store.refreshed = Date.now();
    } catch {
      // Those that are known are good enough.
    }
  }
}

interface Kept {
  shown?: Record<string, number>;
  /** The wording of each message that the visitor sees. */
  variants?: Record<string, string>;
  refreshed?: number;
}

interface KeptInTab {
  /** The visitor was here before this session. */
  returning?: boolean;
  /** Messages that the visitor has closed or opened. */
  closed?: string[];
  opener?: string;
}

/** What the browser remembers. If storage is blocked, it lasts as long as the page. */
class Store {
  readonly #kept: Kept;
  readonly #tab: KeptInTab;

  constructor(private readonly name: string) {
    const known = read(localStorageOf, name);
    this.#kept = known ?? {};
    this.#tab = read(sessionStorageOf, name) ?? { returning: known !== undefined };
    this.#save();
  }

  get returning(): boolean {
    return this.#tab.returning ?? false;
  }

  get shown(): Record<string, number> {
    return (this.#kept.shown ??= {});
  }

  count(id: string): void {
    this.shown[id] = (this.shown[id] ?? 0) + 1;
    this.#save();
  }

  /** One of the wordings at random, and the same one from then on. */
  chooseVariant({ id, variants }: Trigger): Trigger['variants'][number] | undefined {
    const kept = (this.#kept.variants ??= {});
    const known = variants.find((variant) => variant.id === kept[id]);
    if (known) return known;
    const chosen = variants[Math.floor(Math.random() * variants.length)];
    if (chosen) kept[id] = chosen.id;
    return chosen;
  }

  wasClosed(id: string): boolean {
    return this.#tab.closed?.includes(id) ?? false;
  }

  close(id: string): void {
    this.#tab.closed = [...(this.#tab.closed ?? []), id];
    this.#save();
  }

  get opener(): string | undefined {
    return this.#tab.opener;
  }

  set opener(message: string | undefined) {
    if (message !== undefined) this.#tab.opener = message;
    this.#save();
  }

  get refreshed(): number {
    return this.#kept.refreshed ?? 0;
  }

  set refreshed(at: number) {
    this.#kept.refreshed = at;
    this.#save();
  }

  #save(): void {
    write(localStorageOf, this.name, this.#kept);
    write(sessionStorageOf, this.name, this.#tab);
  }
}

const localStorageOf = (): globalThis.Storage => window.localStorage;
const sessionStorageOf = (): globalThis.Storage => window.sessionStorage;

function read(area: () => globalThis.Storage, name: string): object | undefined {
  try {
    return (JSON.parse(area().getItem(name) ?? 'null') as object | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(area: () => globalThis.Storage, name: string, value: object): void {
  try {
    area().setItem(name, JSON.stringify(value));
  } catch {
    // Blocked or full.
  }
}
