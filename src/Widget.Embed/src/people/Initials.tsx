import { initials } from './initials';

/** A person's portrait: their initials. */
export function Initials({ name, size }: { name: string; size: number }) {
  return (
    <span
      class="portrait initials"
      style={{ width: `${size}px`, height: `${size}px`, fontSize: `${Math.round(size * 0.4)}px` }}
      aria-hidden="true"
      translate={false}
    >
      <span>{initials(name)}</span>
    </span>
  );
}
