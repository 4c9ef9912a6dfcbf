import type { ReadonlySignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { fill } from '../../app/i18n';
import { drawKeyed } from '../greenscreen';
import type { CallModel } from '../model';
import { videoWords } from '../words';

/** Not every browser lets a page choose where its sound goes, or asks before it plays. */
type Sound = Omit<HTMLAudioElement, 'setSinkId'> & { setSinkId?: (id: string) => Promise<void> };

interface Props {
  call: CallModel;
  agent: string;
  picture: RefObject<HTMLVideoElement | null>;
  /** The device that sound goes to; empty for the browser's choice. */
  speaker: ReadonlySignal<string>;
}

/** The avatar's picture and sound. */
export function AvatarView({ call, agent, picture, speaker }: Props) {
  const t = videoWords.value;
  const { video, audio } = call.avatar.value ?? {};
  const keyed = call.greenScreen.value;
  const sound = useRef<HTMLAudioElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [silent, setSilent] = useState(false);

  useLayoutEffect(() => show(picture.current, video), [video]);
  useEffect(() => {
    show(sound.current, audio);
    if (!audio) return;
    // A browser may want another press before it lets a page be heard.
    void sound.current?.play().then(
      () => setSilent(false),
      (error: unknown) => setSilent(error instanceof Error && error.name === 'NotAllowedError'),
    );
  }, [audio]);
  useEffect(() => {
    const element = sound.current as Sound | null;
    void element?.setSinkId?.(speaker.value).catch(() => undefined);
  }, [speaker.value, audio]);
  useEffect(
    () => (keyed && picture.current && canvas.current ? drawKeyed(picture.current, canvas.current) : undefined),
    [keyed],
  );
  // A window of its own goes with the call.
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
      <audio ref={sound} autoplay />
      {silent && (
        <button
          type="button"
          class="way strong hear"
          onClick={() => void sound.current?.play().then(() => setSilent(false))}
        >
          {t.hear}
        </button>
      )}
    </>
  );
}

/** The visitor's own picture, as in a mirror. */
export function OwnPicture({ call }: { call: CallModel }) {
  const track = call.ownPicture.value;
  const element = useRef<HTMLVideoElement>(null);
  useLayoutEffect(() => show(element.current, track), [track]);
  if (!track) return null;
  return <video class="own" ref={element} autoplay muted playsInline aria-label={videoWords.value.ownPicture} />;
}

function show(element: HTMLMediaElement | null, track: MediaStreamTrack | undefined): void {
  if (element) element.srcObject = track ? new MediaStream([track]) : null;
}
