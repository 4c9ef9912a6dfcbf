/** What the visitor does while a person is there, told to the person; and how long the person's typing is shown. */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import type { PanelHost } from '../app/moduleHost';

/** The server repeats that a person types at least this often. */
const typingLasts = 6_000;
/** That the visitor types is not sent more often. */
const typingInterval = 3_000;

const conversation = '/api/widget/conversations/{id}';

export interface Attendance {
  /** The name of the person who types. */
  typing: ReadonlySignal<string | undefined>;
  stop(): void;
}

/** @param isVisible Whether the visitor looks at the page. */
export function attend(panel: PanelHost, isVisible: ReadonlySignal<boolean>): Attendance {
  const typing = signal<string | undefined>(undefined);
  let lastTyped = -Infinity;
  let lastRead = 0;
  let draft = panel.draft.peek();
  const tell = (path: string, body: object): Promise<unknown> => panel.post(`${conversation}/${path}`, body);
  const stops = [
    // A repeated update starts the time again.
    effect(() => {
      typing.value = panel.presence.value.typing?.name;
      if (typing.peek() === undefined) return undefined;
      const timer = setTimeout(() => (typing.value = undefined), typingLasts);
      return () => clearTimeout(timer);
    }),
    effect(() => {
      const before = draft;
      draft = panel.draft.value;
      const now = Date.now();
      if (draft === before || draft === '' || now - lastTyped < typingInterval) return;
      lastTyped = now;
      // Not worth another attempt.
      tell('typing', {}).catch(() => undefined);
    }),
    effect(() => {
      const { items } = panel.conversation.value;
      const seq = items.findLast((item) => item.kind === 'people' && item.text !== undefined)?.seq ?? 0;
      const isSeen = panel.open.value && panel.view.value === 'thread' && isVisible.value;
      if (!isSeen || panel.status.value.state !== 'online' || seq <= lastRead) return;
      const before = lastRead;
      lastRead = seq;
      // Sent again with the next message, or when the connection is back.
      tell('read', { seq }).catch(() => (lastRead = Math.min(lastRead, before)));
    }),
  ];
  return {
    typing,
    stop() {
      for (const stop of stops) stop();
    },
  };
}
