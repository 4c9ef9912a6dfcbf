/** What the panel shows: Home or the conversation, and a sheet on top of it. */
import { effect, signal, type Signal } from '@preact/signals';

export type View = 'home' | 'thread';

/** Shown on top of the view. Each is a module of its own. */
export type SheetName = 'person' | 'transcript' | 'history' | 'booking' | 'agents';

/** What the visitor wants from the sheet. */
export interface Purpose {
  /** The sheet's title. */
  label: string;
  /** The visitor's question. */
  message?: string;
}

/** The view of this browser tab. A page change keeps it. */
export function tabView(siteKey: string): { view: Signal<View>; remembered: View; stop: () => void } {
  const key = `widget:${siteKey}:view`;
  let remembered: View = 'home';
  try {
    if (sessionStorage.getItem(key) === 'thread') remembered = 'thread';
  } catch {
    // Storage is blocked. Home is shown on every page.
  }
  const view = signal<View>('home');
  let first = true;
  const stop = effect(() => {
    const value = view.value;
    if (first) {
      first = false;
      return;
    }
    try {
      sessionStorage.setItem(key, value);
    } catch {
      // Blocked or full.
    }
  });
  return { view, remembered, stop };
}
