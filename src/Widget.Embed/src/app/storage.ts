/** What the browser remembers about the visitor. If storage is blocked or full, it lasts as long as the page. */

export interface Memory {
  visitorId?: string;
  /** The last event that the visitor has seen. */
  read?: { conversationId: string; seq: number };
  /** Messages that the server had not confirmed when the page was closed. */
  unsent?: { conversationId: string; clientId: string; text: string }[];
  /** Answers are read aloud. */
  listen?: boolean;
  /** The reading speed. */
  rate?: number;
  /** The recipient of dictated audio to which the visitor has agreed. */
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
    // Storage is blocked, or its content is not ours.
  }
  return {
    get: () => memory,
    set(change) {
      memory = { ...memory, ...change };
      try {
        localStorage.setItem(key, JSON.stringify(memory));
      } catch {
        // Blocked or full: `memory` still has it.
      }
    },
  };
}
