import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { VoiceModel } from '../model';
import { voiceWords } from '../words';

/** Not every browser lets a page choose where its sound goes. */
type Element = Omit<HTMLAudioElement, 'setSinkId'> & { setSinkId?: (id: string) => Promise<void> };

interface Props {
  call: VoiceModel;
  /** The device that sound goes to; empty for the browser's choice. */
  speaker: ReadonlySignal<string>;
}

/** The assistant's voice. The element is there from the visitor's press on, which browsers remember when it is to sound. */
export function Sound({ call, speaker }: Props) {
  const element = useRef<HTMLAudioElement>(null);
  const [silent, setSilent] = useState(false);
  const sound = call.sound.value;

  const play = (): void => {
    call.wake();
    void element.current?.play().then(
      () => setSilent(false),
      (error: unknown) => setSilent(error instanceof Error && error.name === 'NotAllowedError'),
    );
  };
  useEffect(() => {
    if (!element.current) return;
    element.current.srcObject = sound ?? null;
    if (sound) play();
  }, [sound]);
  useEffect(() => {
    const audio = element.current as Element | null;
    void audio?.setSinkId?.(speaker.value).catch(() => undefined);
  }, [speaker.value]);

  return (
    <>
      <audio ref={element} autoplay />
      {silent && (
        <button type="button" class="way strong" onClick={play}>
          {voiceWords.value.hear}
        </button>
      )}
    </>
  );
}
