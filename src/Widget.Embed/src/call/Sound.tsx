import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Not every browser supports setSinkId. */
type Element = Omit<HTMLAudioElement, 'setSinkId'> & { setSinkId?: (id: string) => Promise<void> };

interface Props {
  sound: MediaStream | undefined;
  /** Id of the output device; empty for the browser's default. */
  speaker: ReadonlySignal<string>;
  /** The label of the button that starts playback. */
  label: string;
  /** Called before each attempt to play, also in the button's click. */
  wake?: () => void;
}

/** Plays the assistant's voice. If the browser blocks autoplay, shows a button that starts it. */
export function Sound({ sound, speaker, label, wake }: Props) {
  const element = useRef<HTMLAudioElement>(null);
  const [blocked, setBlocked] = useState(false);

  const play = (): void => {
    wake?.();
    void element.current?.play().then(
      () => setBlocked(false),
      (error: unknown) => setBlocked(error instanceof Error && error.name === 'NotAllowedError'),
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
      {blocked && (
        <button type="button" class="action primary sound-on" onClick={play}>
          {label}
        </button>
      )}
    </>
  );
}
