import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { words } from '../i18n';
import { Icon } from './Icon';

interface Props {
  label: string;
  /** Names the kind of sheet in the style sheet. */
  kind: string;
  /** The level of the label as a heading; without it the content has its own heading. */
  heading?: 'h1' | 'h2';
  close: () => void;
  children: ComponentChildren;
}

/** A sheet on top of the panel. It takes the focus, and returns it when it closes. */
export function Sheet({ label, kind, heading, close, children }: Props) {
  const t = words.value;
  const Label = heading ?? 'span';
  const back = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const opener = (back.current?.getRootNode() as ShadowRoot | undefined)?.activeElement;
    back.current?.focus();
    return () => (opener as HTMLElement | null | undefined)?.focus();
  }, []);
  return (
    <section
      class={`sheet ${kind}`}
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
    >
      <div class="sheet-head">
        <button type="button" class="tool" ref={back} aria-label={t.back} title={t.back} onClick={close}>
          <Icon name="back" />
        </button>
        <Label>{label}</Label>
      </div>
      <div class="sheet-body">{children}</div>
    </section>
  );
}
