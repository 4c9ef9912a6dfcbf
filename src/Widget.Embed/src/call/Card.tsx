import type { ComponentChildren } from 'preact';

interface Props {
  /** An alert wants something of the visitor; a status only says what is. */
  role: 'alert' | 'status';
  title: string;
  lines: (string | false | undefined)[];
  /** How to go on, the likeliest first. */
  children: ComponentChildren;
}

/** What a call has to say when it does not begin or is over. */
export function Card({ role, title, lines, children }: Props) {
  return (
    <div class="card" role={role}>
      <p>
        <strong>{title}</strong>
      </p>
      {lines.map((line) => line && <p key={line}>{line}</p>)}
      <div class="ways">{children}</div>
    </div>
  );
}

/** A way to go on. The first of a card has the focus. */
export function Way({ label, first = false, onPress }: { label: string; first?: boolean; onPress: () => void }) {
  return (
    <button type="button" class={`way ${first ? 'strong' : ''}`} data-first={first || undefined} onClick={onPress}>
      {label}
    </button>
  );
}
