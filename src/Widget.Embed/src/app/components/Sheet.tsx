import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { words } from '../i18n';
import { isComposing } from '../keys';
import type { View } from '../views';
import { Icon } from './Icon';

interface Props {
  label: string;
  /** Names the kind of sheet in the style sheet. */
  kind: string;
  /** The level of the label as a heading; without it the content has its own heading. */
  heading?: 'h1' | 'h2';
  /** What the sheet covers. */
  over: View;
  close: () => void;
  children: ComponentChildren;
}

/** Something on top of the panel. Takes the focus, and gives it back to what opened it. */
export function Sheet({ label, kind, heading, over, close, children }: Props) {
  const back = over === 'home' ? words.value.back : words.value.backToThread;
  const Label = heading ?? 'span';
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const root = button.current?.getRootNode() as ShadowRoot;
    const opener = root.activeElement as HTMLElement | null;
    const sheet = button.current?.closest('.sheet');
    button.current?.focus();
    return () => {
      // In some browsers, a click does not move the focus to the button. Somebody who is elsewhere in the page stays there.
      if (!sheet?.contains(root.activeElement) && document.activeElement !== document.body) return;
      // What the sheet covered can be reached again only after it has been rendered.
      queueMicrotask(() => {
        if (root.activeElement) return;
        opener?.focus({ preventScroll: true });
        // The opener may be gone.
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- The focus has moved.
        if (!root.activeElement) root.querySelector<HTMLElement>('.thread, .home')?.focus({ preventScroll: true });
      });
    };
  }, []);
  return (
    <section
      class={`sheet ${kind}`}
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || isComposing(event)) return;
        event.stopPropagation();
        close();
      }}
    >
      <div class="sheet-head">
        <button type="button" class="tool" ref={button} aria-label={back} title={back} onClick={close}>
          <Icon name="back" />
        </button>
        <Label>{label}</Label>
      </div>
      <div class="sheet-body">{children}</div>
    </section>
  );
}
