/** The contract between the loader and the app that it loads. */

export type Mode = 'bubble' | 'page';

/** The events that a page can subscribe to with `Widget.on`. */
export interface WidgetEvents {
  /** The app has been loaded. */
  ready: undefined;
  open: undefined;
  close: undefined;
  /** The visitor sent a message. */
  message: { text: string };
  /** An answer is complete, or a person has written; then the outcome is `person`. */
  answer: { text: string; outcome: string };
  /** An error. The visitor sees it, too, unless only the company can do something about it. */
  error: { message: string };
  destroy: undefined;
}

export type WidgetEventName = keyof WidgetEvents;

export interface Identity {
  id?: string;
  name?: string;
  email?: string;
  /** Proves the id: lower-case hex HMAC-SHA256 of the id with the tenant's identity secret. */
  hash?: string;
}

export type ContextValues = Record<string, string | number | boolean | null | undefined>;

/** The API of `window.Widget`. */
export interface WidgetApi {
  open(): void;
  close(): void;
  toggle(): void;
  /** Opens the panel and sends a question. */
  ask(text: string): void;
  /** Identifies the visitor. With a hash, a visitor who is known by this id gets their conversations back. */
  identify(identity: Identity): void;
  /** Forgets the visitor in all tabs, for instance when they sign out. The next visitor starts with an empty conversation. */
  reset(): void;
  /** Describes the page: a product, a plan, a cart. Replaces the earlier context. */
  setContext(context: ContextValues): void;
  on<Name extends WidgetEventName>(event: Name, handler: (detail: WidgetEvents[Name]) => void): void;
  off<Name extends WidgetEventName>(event: Name, handler: (detail: WidgetEvents[Name]) => void): void;
  /** Puts the widget back after the page has replaced its body. Inserting the tag again does the same. */
  attach(): void;
  /** Removes the widget from the page. */
  destroy(): void;
}

/** The tenant's appearance. The loader remembers it between visits, so that it is right before the app is loaded. */
export interface Appearance {
  color: string;
  position: 'right' | 'left';
  scheme?: 'auto' | 'light' | 'dark';
  logoUrl?: string | null;
  /** The number of unread answers when the visitor left the last page. */
  unread?: number;
  /** What to say to visitors who have not opened the panel. */
  triggers?: Trigger[] | null | undefined;
}

/** A message beside the launcher, and when it is shown. All conditions that are given must be met. */
export interface Trigger {
  id: string;
  when: {
    /** Patterns of the page's path. `*` stands for any characters. */
    pages?: string[] | null;
    /** Seconds since the page was opened. */
    afterSeconds?: number | null;
    /** How far the visitor has scrolled, from 0 to 100. */
    scrollPercent?: number | null;
    /** The pointer leaves the page at its top. */
    onExit?: boolean | null;
    /** Whether the visitor has been here before, in an earlier session of the browser. */
    returning?: boolean | null;
  };
  /** Its wordings. A visitor sees one of them. */
  variants: { id: string; message: string }[];
  /** How often a visitor sees it. */
  cap: number;
}

/** What the loader offers the app. */
export interface Host {
  readonly siteKey: string;
  /** Origin of the API, without a trailing slash. */
  readonly api: string;
  readonly mode: Mode;
  /** The tag's data-locale. */
  readonly locale: string | undefined;
  readonly element: HTMLElement;
  readonly shadow: ShadowRoot;
  /** The message beside the launcher that the visitor has answered: the agent's first line. */
  opener?: string;
  /** Shows the launcher as open or closed, with a label. */
  launcher(open: boolean, label: string): void;
  /** Shows the number of unread answers. */
  badge(unread: number): void;
  /** The tenant's appearance, as the browser remembers it. */
  appearance(): Appearance | undefined;
  /** Applies the tenant's appearance and remembers it. */
  setAppearance(appearance: Appearance): void;
  /** Removes what the browser remembers about the visitor. */
  forget(): void;
  emit<Name extends WidgetEventName>(event: Name, detail?: WidgetEvents[Name]): void;
}

export type App = Omit<WidgetApi, 'on' | 'off' | 'attach' | 'open'> & {
  /** @param restored The panel was open on the page before. It does not take the focus. */
  open(restored?: boolean): void;
  /** The widget is back after the page had removed it. */
  attached(): void;
};

/** The exports of the app's module. */
export interface AppModule {
  start(host: Host): App;
}
