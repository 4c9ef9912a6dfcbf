import { fill, words } from '../i18n';
import type { Store } from '../store';
import { Icon } from './Icon';

/** Begins a video call, where the tenant offers one. */
export function StartVideo({ store }: { store: Store }) {
  const t = words.value;
  const config = store.config.value;
  if (!config?.modes.includes('video') || store.video.value) return null;
  const state = store.videoLoading.value;
  return (
    <>
      <button
        type="button"
        class="start-video"
        aria-label={fill(t.startVideoLabel, { agent: config.agentName })}
        title={fill(t.startVideoLabel, { agent: config.agentName })}
        disabled={store.status.value.state === 'refused'}
        onClick={() => void store.startVideo()}
      >
        <Icon name="video" />
        {t.startVideo}
      </button>
      <span class="hidden" role="status">
        {state === 'loading' && t.startingVideo}
      </span>
    </>
  );
}

/** Says that the part of the widget that makes calls did not come. */
export function VideoMissing({ store }: { store: Store }) {
  if (store.videoLoading.value !== 'missing') return null;
  return (
    <div class="status" role="alert">
      <span>{words.value.videoMissing}</span>
    </div>
  );
}
