/** What the loader and the app it loads promise each other. */

export type Mode = 'bubble' | 'page';

/** What a page can hear with `Widget.on`. */
export interface WidgetEvents {
  /** The app has been loaded. */
  ready: undefined;
  open: undefined;
  close: undefined;
  /** The visitor sent a message. */
  message: { text: string };
  /** An answer is complete. */
  answer: { text: string; outcome: string };
  /** Something went wrong that the visitor was told about. */
  error: { message: string };
  destroy: undefined;
}

export type WidgetEventName = keyof WidgetEvents;

export interface Identity {
  id?: string;
  name?: string;
  email?: string;
}

export type ContextValues = Record<string, string | number | boolean | null | undefined>;

/** The API of `window.Widget`. */
export interface WidgetApi {
  open(): void;
  close(): void;
  toggle(): void;
  /** Opens the panel and asks. */
  ask(text: string): void;
  /** Says who the visitor is. */
  identify(identity: Identity): void;
  /** Says what the page is about: a product, a plan, a cart. Replaces what was said before. */
  setContext(context: ContextValues): void;
  on<Name extends WidgetEventName>(event: Name, handler: (detail: WidgetEvents[Name]) => void): void;
  off<Name extends WidgetEventName>(event: Name, handler: (detail: WidgetEvents[Name]) => void): void;
  /** Puts the widget back on a page that has replaced its body. Inserting the tag again does the same. */
  attach(): void;
  /** Removes the widget from the page. */
  destroy(): void;
}

/** What the loader remembers of a tenant between visits, so that the launcher has its looks before anything is loaded. */
export interface Looks {
  color: string;
  position: 'right' | 'left';
}

/** The place the loader made for the app. */
export interface Host {
  readonly siteKey: string;
  /** Origin of the API, without a slash at the end. */
  readonly api: string;
  readonly mode: Mode;
  /** The language the tag asks for. */
  readonly locale: string | undefined;
  readonly element: HTMLElement;
  readonly shadow: ShadowRoot;
  /** Shows the launcher open or closed, with this label. */
  launcher(open: boolean, label: string): void;
  /** Shows how many answers have not been read. */
  badge(unread: number): void;
  /** Takes on the tenant's looks and remembers them. */
  looks(looks: Looks): void;
  emit<Name extends WidgetEventName>(event: Name, detail: WidgetEvents[Name]): void;
}

export type App = Omit<WidgetApi, 'on' | 'off' | 'attach'>;

/** What the app's module exports. */
export interface AppModule {
  start(host: Host): App;
}
