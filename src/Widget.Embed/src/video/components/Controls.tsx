import type { Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { Icon } from '../../app/components/Icon';
import { fill } from '../../app/i18n';
import type { CallHost } from '../../app/moduleHost';
import { Control, HangUp } from '../../call/Control';
import { icons } from '../../call/icons';
import type { VideoModel } from '../model';
import { videoWords } from '../words';

interface Props {
  call: VideoModel;
  panel: CallHost;
  agent: string;
  hidesThread: Signal<boolean>;
  captions: Signal<boolean>;
  settings: Signal<boolean>;
  picture: RefObject<HTMLVideoElement | null>;
}

/** The call's buttons. */
export function Controls({ call, panel, agent, hidesThread, captions, settings, picture }: Props) {
  const t = videoWords.value;
  const { microphone, camera } = call.on.value;
  const live = call.phase.value === 'live';
  const embedded = call.frame.value !== undefined;
  const pip = document.pictureInPictureEnabled && !call.greenScreen.value && call.avatar.value?.video !== undefined;
  return (
    <div class="controls" role="group" aria-label={fill(t.region, { agent })}>
      {!embedded && call.phase.value !== 'asking' && (
        <>
          <Control
            name={microphone ? 'voice' : 'muted'}
            label={microphone ? t.mute : t.unmute}
            off={!microphone}
            onPress={() => call.toggle('microphone')}
          />
          <Control
            name={camera ? 'video' : 'cameraOff'}
            label={camera ? t.cameraOff : t.cameraOn}
            off={!camera}
            onPress={() => call.toggle('camera')}
          />
        </>
      )}
      {live && call.messages.value && (
        <>
          <Control
            name="captions"
            label={captions.value ? t.captionsOff : t.captionsOn}
            off={!captions.value}
            onPress={() => (captions.value = !captions.value)}
          />
          <Control
            name="hand"
            label={fill(t.interrupt, { agent })}
            disabled={call.speaking.value !== 'assistant'}
            onPress={() => call.interrupt()}
          />
        </>
      )}
      {!embedded && call.phase.value !== 'asking' && (
        <Control
          name="settings"
          label={t.settings}
          expanded={settings.value}
          onPress={() => (settings.value = !settings.value)}
        />
      )}
      {!embedded && live && pip && (
        <Control name="pip" label={t.pictureInPicture} onPress={() => void togglePictureInPicture(picture.current)} />
      )}
      <ThreadControl panel={panel} hidesThread={hidesThread} />
      <HangUp label={t.hangUp} onPress={() => call.hangUp()} />
    </div>
  );
}

/** On a phone, switches between the call alone and the call above the thread. Counts what is new in the hidden thread. */
function ThreadControl({ panel, hidesThread }: { panel: CallHost; hidesThread: Signal<boolean> }) {
  const t = videoWords.value;
  const seen = useRef(panel.conversation.value.seq);
  const { items, seq } = panel.conversation.value;
  if (!hidesThread.value) seen.current = seq;
  const unseen = items.filter(
    (item) => (item.kind === 'sources' || item.kind === 'assistant') && (item.seq ?? 0) > seen.current,
  ).length;
  const label = !hidesThread.value ? t.hideThread : unseen > 0 ? fill(t.showThreadNew, { n: unseen }) : t.showThread;
  return (
    <button
      type="button"
      class="control only-narrow"
      aria-label={label}
      title={label}
      aria-expanded={!hidesThread.value}
      onClick={() => {
        hidesThread.value = !hidesThread.value;
      }}
    >
      <Icon name="thread" path={icons.thread} />
      {unseen > 0 && <span class="unseen-count">{unseen > 9 ? '9+' : unseen}</span>}
    </button>
  );
}

async function togglePictureInPicture(picture: HTMLVideoElement | null): Promise<void> {
  if (!picture) return;
  try {
    if ((picture.getRootNode() as ShadowRoot).pictureInPictureElement === picture)
      await document.exitPictureInPicture();
    else await picture.requestPictureInPicture();
  } catch {
    // The browser refused, and tells the visitor itself.
  }
}
