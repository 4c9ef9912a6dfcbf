import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../app/components/Icon';
import type { Speaker } from '../../app/events';
import type { VoiceModel } from '../model';

interface Props {
  call: VoiceModel;
  speaker: Speaker;
  /** A portrait in a ring that grows with the voice. Without it, a bar. */
  face?: ComponentChildren;
}

/** Shows how loud a speaker is. Sets a CSS property in each frame, which needs no rendering. */
export function Level({ call, speaker, face }: Props) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let frame = 0;
    let shown = 0;
    const update = (): void => {
      // Rises at once and falls slowly, so that it does not flicker.
      shown = Math.max(call.level(speaker), shown * 0.85);
      element.current?.style.setProperty('--level', shown.toFixed(2));
      frame = requestAnimationFrame(update);
    };
    update();
    return () => cancelAnimationFrame(frame);
  }, [call, speaker]);
  return (
    <div class={face ? 'speaker-level' : 'meter'} ref={element} data-speaker={speaker} aria-hidden="true">
      {face ?? (
        <>
          <Icon name="voice" />
          <i />
        </>
      )}
    </div>
  );
}
