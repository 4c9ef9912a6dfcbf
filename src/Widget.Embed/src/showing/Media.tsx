import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../app/components/Icon';
import type { Demo } from '../app/events';
import { fill } from '../app/i18n';
import { play } from './icons';
import type { Source } from './source';
import { showingWords } from './words';

interface Props {
  demo: Demo;
  source: Source;
  /** Where the demo can be opened. */
  address: string | undefined;
}

/** The demo itself. */
export function Media({ demo, source, address }: Props) {
  const [failed, setFailed] = useState(false);
  const fail = (): void => setFailed(true);
  if (failed || source.show === 'nothing') return <Elsewhere address={address} />;
  switch (source.show) {
    case 'video':
      return <Video source={source} title={demo.title} fail={fail} />;
    case 'player':
      return <Player source={source} title={demo.title} />;
    case 'image':
      return <Picture url={source.url} title={demo.title} fail={fail} />;
    case 'document':
      return <iframe class="demo-frame" src={source.url} title={demo.title} referrerpolicy="no-referrer" />;
    case 'page':
      return (
        <iframe
          class="demo-frame"
          src={source.url}
          title={demo.title}
          sandbox={source.sandbox}
          referrerpolicy="no-referrer"
          loading="lazy"
        />
      );
  }
}

/** Plays one part of a video. */
function Video({ source, title, fail }: { source: Source & { show: 'video' }; title: string; fail: () => void }) {
  const ended = useRef(false);
  return (
    <video
      class="demo-video"
      src={source.url}
      title={title}
      controls
      playsInline
      preload="metadata"
      onError={fail}
      onTimeUpdate={({ currentTarget: video }) => {
        // Not every browser stops at the end of the part. Whoever plays on sees the rest.
        if (source.end === undefined || ended.current || video.currentTime < source.end) return;
        ended.current = true;
        video.pause();
      }}
    />
  );
}

/** A video service gets to know the visitor only when they play the video. */
function Player({ source, title }: { source: Source & { show: 'player' }; title: string }) {
  const t = showingWords.value;
  const [playing, setPlaying] = useState(false);
  const frame = useRef<HTMLIFrameElement>(null);
  if (playing)
    return (
      <iframe
        class="demo-video"
        ref={frame}
        src={source.url}
        title={title}
        allow="autoplay; fullscreen; picture-in-picture"
        // YouTube refuses pages that do not say where they are.
        referrerpolicy="strict-origin-when-cross-origin"
        onLoad={({ currentTarget }) => currentTarget.focus()}
      />
    );
  return (
    <div class="demo-consent">
      <button type="button" class="primary" onClick={() => setPlaying(true)}>
        <Icon name="play" path={play} />
        {t.playOn}
      </button>
      <p class="note">{fill(t.privacy, { host: source.host })}</p>
    </div>
  );
}

/** Fits into the stage; pressed, it has its own size and scrolls. */
function Picture({ url, title, fail }: { url: string; title: string; fail: () => void }) {
  const t = showingWords.value;
  const [zoomed, setZoomed] = useState(false);
  const label = zoomed ? t.zoomOut : t.zoomIn;
  const box = useRef<HTMLDivElement>(null);
  // The middle of the picture stays where it was.
  useLayoutEffect(() => {
    if (!zoomed || !box.current) return;
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = box.current;
    box.current.scrollTo((scrollWidth - clientWidth) / 2, (scrollHeight - clientHeight) / 2);
  }, [zoomed]);
  return (
    <div class={`demo-picture ${zoomed ? 'zoomed' : ''}`} ref={box}>
      <button type="button" aria-label={`${title}. ${label}`} title={label} onClick={() => setZoomed(!zoomed)}>
        <img src={url} alt={title} referrerpolicy="no-referrer" onError={fail} />
      </button>
    </div>
  );
}

function Elsewhere({ address }: { address: string | undefined }) {
  const t = showingWords.value;
  return (
    <div class="demo-consent">
      <p>{t.mediaFailed}</p>
      {address && (
        <a class="offer" href={address} target="_blank" rel="noopener noreferrer">
          <Icon name="out" />
          {t.open}
        </a>
      )}
    </div>
  );
}
