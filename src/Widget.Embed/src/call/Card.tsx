import type { ComponentChildren } from 'preact';

interface Props {
  /** An alert asks the visitor to act; a status only informs. */
  role: 'alert' | 'status';
  title: string;
  lines: (string | false | undefined)[];
  /** The actions, the most likely first. */
  children: ComponentChildren;
}

/** A message in place of the call, with actions. */
export function Card({ role, title, lines, children }: Props) {
  return (
    <div class="card" role={role}>
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
