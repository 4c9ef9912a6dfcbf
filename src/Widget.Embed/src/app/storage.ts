/** What the browser remembers of the visitor. Storage may be blocked or full; the widget then forgets, and works. */

export interface Memory {
  visitorId?: string;
  /** The last event that the visitor has read. */
  read?: { conversationId: string; seq: number };
  /** Messages that the server was not known to have when the page was left. */
  unsent?: { conversationId: string; clientId: string; text: string }[];
  /** Answers are read aloud, and how fast. */
  listen?: boolean;
  rate?: number;
  /** Who receives what is dictated, as the visitor was told and agreed to. */
  dictation?: string;
}

export interface Storage {
  get(): Memory;
  set(change: Memory): void;
}

export function storage(siteKey: string): Storage {
  const key = `widget:${siteKey}`;
  let memory: Memory = {};
  try {
    memory = (JSON.parse(localStorage.getItem(key) ?? '{}') as Memory | null) ?? {};
  } catch {
    // Blocked, or not ours: begin anew.
  }
  return {
    get: () => memory,
    set(change) {
      memory = { ...memory, ...change };
      try {
        localStorage.setItem(key, JSON.stringify(memory));
      } catch {
        // It is remembered for as long as the page lives.
      }
    },
  };
}
