import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { meetWords } from '../words';

interface Props {
  track: MediaStreamTrack | undefined;
  label: string;
  mirrored?: boolean;
  /** Shows all of it, with bars, as text on a screen must not be cut off. */
  whole?: boolean;
}

/** A picture without sound. */
export function Picture({ track, label, mirrored, whole }: Props) {
  const element = useRef<HTMLVideoElement>(null);
  useLayoutEffect(() => {
    if (element.current) element.current.srcObject = track ? new MediaStream([track]) : null;
  }, [track]);
  if (!track) return null;
  return (
    <video
      class={`picture ${mirrored ? 'mirrored' : ''} ${whole ? 'whole' : ''}`}
      ref={element}
      autoplay
      muted
      playsInline
      aria-label={label}
    />
  );
}

/** The sound of another participant. Browsers may refuse to play it until the person has clicked somewhere. */
export function Sound({ track, speaker }: { track: MediaStreamTrack | undefined; speaker: string }) {
  const element = useRef<HTMLAudioElement>(null);
  const [blocked, setBlocked] = useState(false);
  const play = (): void => {
    element.current?.play().then(
      () => setBlocked(false),
      (error: unknown) => setBlocked(error instanceof DOMException && error.name === 'NotAllowedError'),
    );
  };
  useLayoutEffect(() => {
    if (!element.current) return;
    element.current.srcObject = track ? new MediaStream([track]) : null;
    if (track) play();
  }, [track]);
  useLayoutEffect(() => {
    const audio = element.current;
    // Not every browser has it.
    if (audio && 'setSinkId' in audio) void audio.setSinkId(speaker).catch(() => undefined);
  }, [speaker]);
  return (
    <>
      <audio ref={element} autoplay />
      {blocked && (
        <button type="button" class="secondary sound-on" onClick={play}>
          {meetWords.value.soundBlocked}
        </button>
      )}
    </>
  );
}
