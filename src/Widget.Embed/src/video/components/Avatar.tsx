import type { ReadonlySignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { fill } from '../../app/i18n';
import { Sound } from '../../call/Sound';
import { drawKeyed } from '../greenscreen';
import type { VideoModel } from '../model';
import { videoWords } from '../words';

interface Props {
  call: VideoModel;
  agent: string;
  picture: RefObject<HTMLVideoElement | null>;
  /** Id of the output device; empty for the browser's default. */
  speaker: ReadonlySignal<string>;
}

/** The avatar's video and sound. */
export function AvatarView({ call, agent, picture, speaker }: Props) {
  const t = videoWords.value;
  const { video, audio } = call.avatar.value ?? {};
  const keyed = call.greenScreen.value;
  const sound = useMemo(() => stream(audio), [audio]);
  const canvas = useRef<HTMLCanvasElement>(null);

  useLayoutEffect(() => show(picture.current, video), [video]);
  useEffect(
    () => (keyed && picture.current && canvas.current ? drawKeyed(picture.current, canvas.current) : undefined),
    [keyed],
  );
  // Closes the picture-in-picture window with the call.
  useEffect(() => {
    const element = picture.current;
    return () => {
      const root = element?.getRootNode() as ShadowRoot | undefined;
      if (element && root?.pictureInPictureElement === element)
        void document.exitPictureInPicture().catch(() => undefined);
    };
  }, []);

  const label = fill(t.avatarPicture, { agent });
  return (
    <>
      <video
        class={`avatar ${keyed ? 'source-of-key' : ''}`}
        ref={picture}
        autoplay
        muted
        playsInline
        aria-label={label}
        aria-hidden={keyed}
      />
      {keyed && <canvas class="avatar keyed" ref={canvas} role="img" aria-label={label} />}
      <Sound sound={sound} speaker={speaker} label={t.turnSoundOn} />
    </>
  );
}

/** The visitor's own video, mirrored. */
export function OwnPicture({ call }: { call: VideoModel }) {
  const track = call.ownPicture.value;
  const element = useRef<HTMLVideoElement>(null);
  useLayoutEffect(() => show(element.current, track), [track]);
  if (!track) return null;
  return <video class="own" ref={element} autoplay muted playsInline aria-label={videoWords.value.ownPicture} />;
}

function show(element: HTMLMediaElement | null, track: MediaStreamTrack | undefined): void {
  if (element) element.srcObject = stream(track) ?? null;
}

function stream(track: MediaStreamTrack | undefined): MediaStream | undefined {
  return track && new MediaStream([track]);
}
