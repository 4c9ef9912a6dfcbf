/**
 * A router that replaces the page's body removes the widget for a moment. Elements that are removed lose the focus and their scroll
 * positions, and sound and pictures stop.
 */
export function keepPlace(root: HTMLElement, shadow: ShadowRoot): { restore(): void; stop(): void } {
  const positions = new Map<Element, number>();
  let focused: HTMLElement | undefined;
  const scrolled = ({ target }: Event): void => {
    if (root.isConnected && target instanceof Node) positions.set(target as Element, (target as Element).scrollTop);
  };
  const focus = ({ target }: Event): void => {
    focused = target as HTMLElement;
  };
  const blur = ({ target }: Event): void => {
    // Some browsers report this, too, for an element that is about to be removed.
    queueMicrotask(() => {
      if (root.isConnected && focused === target && shadow.activeElement !== target) focused = undefined;
    });
  };
  root.addEventListener('scroll', scrolled, true);
  root.addEventListener('focusin', focus);
  root.addEventListener('focusout', blur);
  return {
    restore() {
      for (const [element, top] of positions) {
        if (shadow.contains(element)) element.scrollTop = top;
        else positions.delete(element);
      }
      for (const media of shadow.querySelectorAll<HTMLMediaElement>('audio, video'))
        if (media.srcObject) void media.play().catch(() => undefined);
      focused?.focus({ preventScroll: true });
    },
    stop() {
      root.removeEventListener('scroll', scrolled, true);
      root.removeEventListener('focusin', focus);
      root.removeEventListener('focusout', blur);
    },
  };
}
