import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Focuses the first action of each step, because the button that led to the step is gone. */
export function useFocusAt(step: string): RefObject<HTMLElement | null> {
  const stage = useRef<HTMLElement>(null);
  useEffect(() => {
    stage.current?.querySelector<HTMLElement>('[data-first]')?.focus({ preventScroll: true });
  }, [step]);
  return stage;
}
