import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isWritingOutside } from '../app/focus';

/** Focuses the first action of each step, because the button that led to the step is gone. A visitor who is writing goes on writing. */
export function useFocusAt(step: string): RefObject<HTMLElement | null> {
  const stage = useRef<HTMLElement>(null);
  useEffect(() => {
    const { current } = stage;
    if (current && !isWritingOutside(current, current.getRootNode() as ShadowRoot))
      current.querySelector<HTMLElement>('[data-first]')?.focus({ preventScroll: true });
  }, [step]);
  return stage;
}
