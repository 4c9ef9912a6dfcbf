import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { CallHost } from '../app/moduleHost';

/** How long a call's final message is shown. The thread says the same for good. */
const shownFor = 15_000;

interface Props {
  card?: RefObject<HTMLDivElement | null>;
  /** An alert asks the visitor to act; a status only informs. */
  role: 'alert' | 'status';
  title: string;
  lines: (string | false | undefined)[];
  /** The actions, the most likely first. */
  children: ComponentChildren;
}

/** A message in place of the call, with actions. */
export function Card({ card, role, title, lines, children }: Props) {
  return (
    <div class="card" role={role} ref={card ?? null}>
      {/* The server's explanation is in one language, which may have the other direction. */}
      <p dir="auto">
        <strong>{title}</strong>
      </p>
      {lines.map((line) => line && <p key={line}>{line}</p>)}
      <div class="actions">{children}</div>
    </div>
  );
}

/** An action of a card. The first one gets the focus. */
export function Action({ label, first = false, onPress }: { label: string; first?: boolean; onPress: () => void }) {
  return (
    <button type="button" class={`action ${first ? 'primary' : ''}`} data-first={first || undefined} onClick={onPress}>
      {label}
    </button>
  );
}

/**
 * Closes a final message when the visitor goes on in writing, or after a while, unless the visitor points at it.
 * @param stays It offers a way out of a failure, so only the visitor closes it.
 */
export function useGoingAway(panel: CallHost, close: () => void, stays: boolean): RefObject<HTMLDivElement | null> {
  const card = useRef<HTMLDivElement>(null);
  const written = panel.conversation.value.items.filter(({ kind }) => kind === 'visitor').length;
  const before = useRef(written);
  useEffect(() => {
    if (written > before.current) close();
  }, [written]);
  useEffect(() => {
    if (stays) return undefined;
    const timer = setInterval(() => {
      if (!card.current?.matches(':hover')) close();
    }, shownFor);
    return () => clearInterval(timer);
  }, [stays]);
  return card;
}
