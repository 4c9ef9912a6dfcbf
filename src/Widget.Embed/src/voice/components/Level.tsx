import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../app/components/Icon';
import type { Speaker } from '../../app/events';
import type { VoiceModel } from '../model';

interface Props {
  call: VoiceModel;
  speaker: Speaker;
  /** A letter in a ring that grows with the voice; a bar without it. */
  face?: string;
}

/** How loud somebody is, drawn by the style sheet from a number of its own: a new one for each frame is nothing to render for. */
export function Level({ call, speaker, face }: Props) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let frame = 0;
    let shown = 0;
    const look = (): void => {
      // Up at once, down slowly, as an ear has it.
      shown = Math.max(call.level(speaker), shown * 0.85);
      element.current?.style.setProperty('--level', shown.toFixed(2));
      frame = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(frame);
  }, [call, speaker]);
  return (
    <div class={face ? 'voice-of' : 'meter'} ref={element} data-speaker={speaker} aria-hidden="true">
      {face ? (
        <span>{face}</span>
      ) : (
        <>
          <Icon name="voice" />
          <i />
        </>
      )}
    </div>
  );
}
