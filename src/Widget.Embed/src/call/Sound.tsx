import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Not every browser lets a page choose where its sound goes. */
type Element = Omit<HTMLAudioElement, 'setSinkId'> & { setSinkId?: (id: string) => Promise<void> };

interface Props {
  sound: MediaStream | undefined;
  /** The device that sound goes to; empty for the browser's choice. */
  speaker: ReadonlySignal<string>;
  /** Says what a press does that lets the browser sound. */
  label: string;
  /** Called before each try to play, thus in the press, too. */
  wake?: () => void;
}

/** The other side's voice. A browser may want another press before it lets a page be heard. */
export function Sound({ sound, speaker, label, wake }: Props) {
  const element = useRef<HTMLAudioElement>(null);
  const [silent, setSilent] = useState(false);

  const play = (): void => {
    wake?.();
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
        <button type="button" class="way strong hear" onClick={play}>
          {label}
        </button>
      )}
    </>
  );
}
