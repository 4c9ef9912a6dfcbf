import type { Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { Icon } from '../../app/components/Icon';
import { fill } from '../../app/i18n';
import type { CallHost } from '../../app/moduleHost';
import { Control, HangUp } from '../../call/Control';
import { icons } from '../../call/icons';
import type { CallModel } from '../model';
import { videoWords } from '../words';

interface Props {
  call: CallModel;
  panel: CallHost;
  agent: string;
  alone: Signal<boolean>;
  captions: Signal<boolean>;
  settings: Signal<boolean>;
  picture: RefObject<HTMLVideoElement | null>;
}

/** Everything a visitor can do in a call, in one row. */
export function Controls({ call, panel, agent, alone, captions, settings, picture }: Props) {
  const t = videoWords.value;
  const { microphone, camera } = call.on.value;
  const live = call.phase.value === 'live';
  const ours = !call.frame.value;
  const pip = document.pictureInPictureEnabled && !call.greenScreen.value && call.avatar.value?.video !== undefined;
  return (
    <div class="controls" role="group" aria-label={fill(t.region, { agent })}>
      {ours && call.phase.value !== 'asking' && (
        <>
          <Control
            name={microphone ? 'voice' : 'muted'}
            label={microphone ? t.mute : t.unmute}
            off={!microphone}
            onPress={() => call.toggle('microphone')}
          />
          <Control
            name={camera ? 'video' : 'dark'}
            label={camera ? t.cameraOff : t.cameraOn}
            off={!camera}
            onPress={() => call.toggle('camera')}
          />
        </>
      )}
      {ours && live && (
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
      {ours && call.phase.value !== 'asking' && (
        <Control
          name="settings"
          label={t.settings}
          expanded={settings.value}
          onPress={() => (settings.value = !settings.value)}
        />
      )}
      {ours && live && pip && (
        <Control name="pip" label={t.pip} onPress={() => void togglePictureInPicture(picture.current)} />
      )}
      <ThreadControl panel={panel} alone={alone} />
      <HangUp label={t.hangUp} onPress={() => call.hangUp()} />
    </div>
  );
}

/** On a phone the call has the panel to itself; this shows the thread below it, and what has come there meanwhile. */
function ThreadControl({ panel, alone }: { panel: CallHost; alone: Signal<boolean> }) {
  const t = videoWords.value;
  const seen = useRef(panel.conversation.value.seq);
  const { items, seq } = panel.conversation.value;
  if (!alone.value) seen.current = seq;
  const news = items.filter(
    (item) => (item.kind === 'shown' || item.kind === 'assistant') && (item.seq ?? 0) > seen.current,
  ).length;
  const label = !alone.value ? t.hideThread : news > 0 ? fill(t.showThreadNew, { n: news }) : t.showThread;
  return (
    <button
      type="button"
      class="control only-narrow"
      aria-label={label}
      title={label}
      aria-expanded={!alone.value}
      onClick={() => {
        alone.value = !alone.value;
      }}
    >
      <Icon name="thread" path={icons.thread} />
      {news > 0 && <span class="news">{news > 9 ? '9+' : news}</span>}
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
    // The browser would rather not, and shows so itself.
  }
}
