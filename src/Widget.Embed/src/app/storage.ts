/** What the browser remembers about the visitor. If storage is blocked or full, it lasts as long as the page. */
import type { Attachment } from './events';
import { toJson } from './pristine';

export interface Memory {
  visitorId?: string;
  /** The page has proved who the visitor is. */
  verified?: boolean;
  /** The last event that the visitor has seen. */
  read?: { conversationId: string; seq: number };
  /** Answers are read aloud. */
  listen?: boolean;
  /** The reading speed. */
  rate?: number;
  /** The recipient of dictated audio to which the visitor has agreed. */
  dictation?: string;
  /** The visitor has answered the questions before the first message. */
  asked?: boolean;
  /** The answers below which the company's questions were asked, and the questions that are answered or skipped. */
  qualified?: { messageIds?: string[]; keys: string[] };
}

/** A message that the server has not confirmed. */
export interface UnsentMessage {
  conversationId: string;
  clientId: string;
  text: string;
  attachments?: readonly Attachment[] | undefined;
}

export interface Storage {
  get(): Memory;
  set(change: Memory): void;
  /** The messages that the server has not confirmed, of all tabs. */
  unsent(): UnsentMessage[];
  keepUnsent(message: UnsentMessage): void;
  dropUnsent(clientId: string): void;
  /** The text field's content in this tab. It is kept over page changes. */
  draft: string;
  /** Whether the panel is open in this tab. */
  open: boolean;
  /** Calls back when another tab has changed or forgotten something. Returns a function that stops this. */
  watch(changed: () => void): () => void;
}

/** Items of one of the browser's storage areas, and those that it has not accepted. */
class Area {
  readonly #refused = new Map<string, string>();

  constructor(
    private readonly area: 'localStorage' | 'sessionStorage',
    private readonly prefix: string,
  ) {}

  get(name: string): string | undefined {
    try {
      return this.#refused.get(name) ?? window[this.area].getItem(this.prefix + name) ?? undefined;
    } catch {
      return this.#refused.get(name);
    }
  }

  set(name: string, value: string | undefined): void {
    this.#refused.delete(name);
    try {
      if (value === undefined) window[this.area].removeItem(this.prefix + name);
      else window[this.area].setItem(this.prefix + name, value);
    } catch {
      if (value !== undefined) this.#refused.set(name, value);
    }
  }

  /** The items whose names begin with `start`. */
  all(start: string): string[] {
    let names: string[] = [];
    try {
      names = Object.keys(window[this.area]);
    } catch {
      // Blocked.
    }
    const ours = names
      .filter((name) => name.startsWith(this.prefix + start))
      .map((name) => name.slice(this.prefix.length));
    return [...new Set([...ours, ...this.#refused.keys()].filter((name) => name.startsWith(start)))].flatMap(
      (name) => this.get(name) ?? [],
    );
  }

  clear(): void {
    this.#refused.clear();
  }
}

export function storage(siteKey: string): Storage & { clear(): void } {
  const prefix = `widget:${siteKey}`;
  const shared = new Area('localStorage', prefix);
  const tab = new Area('sessionStorage', prefix);
  // Each tab adds and removes its own messages, so none overwrites those of another.
  const unsentName = (clientId: string): string => `:unsent:${clientId}`;
  const get = (): Memory => parse<Memory>(shared.get('')) ?? {};
  return {
    get,
    set: (change) => shared.set('', toJson({ ...get(), ...change })),
    unsent: () => shared.all(':unsent:').flatMap((text) => parse<UnsentMessage>(text) ?? []),
    keepUnsent: (message) => shared.set(unsentName(message.clientId), toJson(message)),
    dropUnsent: (clientId) => shared.set(unsentName(clientId), undefined),
    get draft() {
      const draft = parse<{ visitorId?: string; text: string }>(tab.get(':draft'));
      // Another tab may have forgotten the visitor while this one was on a page without the chat.
      return draft && draft.visitorId === get().visitorId ? draft.text : '';
    },
    set draft(text) {
      tab.set(':draft', text === '' ? undefined : toJson({ visitorId: get().visitorId, text }));
    },
    get open() {
      return tab.get(':open') !== undefined;
    },
    set open(open) {
      tab.set(':open', open ? '1' : undefined);
    },
    watch(changed) {
      const listener = ({ key }: StorageEvent): void => {
        if (key === prefix || key === null) changed();
      };
      // A page from the back/forward cache has missed what happened meanwhile.
      const shown = ({ persisted }: PageTransitionEvent): void => {
        if (persisted) changed();
      };
      window.addEventListener('storage', listener);
      window.addEventListener('pageshow', shown);
      return () => {
        window.removeEventListener('storage', listener);
        window.removeEventListener('pageshow', shown);
      };
    },
    clear() {
      shared.clear();
      tab.clear();
    },
  };
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- The caller knows what it has stored.
function parse<T>(text: string | undefined): T | undefined {
  try {
    return (JSON.parse(text ?? 'null') as T | null) ?? undefined;
  } catch {
    // Not ours.
    return undefined;
  }
}
