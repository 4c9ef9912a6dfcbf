import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** What was pressed to get to a step of the call is gone: the focus goes on to what can be pressed now. */
export function useFocusAt(step: string): RefObject<HTMLElement | null> {
  const stage = useRef<HTMLElement>(null);
  useEffect(() => {
    stage.current?.querySelector<HTMLElement>('[data-first]')?.focus({ preventScroll: true });
  }, [step]);
  return stage;
}
