import type { Signal } from '@preact/signals';
import { fill } from '../../app/i18n';
import type { Call } from '../call';
import { meetWords } from '../words';
import { IconButton } from './IconButton';
import type { Side } from './InCall';

/** The buttons of a running call. */
export function Controls({ call, side }: { call: Call; side: Signal<Side> }) {
  const t = meetWords.value;
  const { media } = call;
  const { avatar } = call;
  const on = call.isMicrophoneOn;
  const hasAgent = !!avatar.value && !['ended', 'failed'].includes(avatar.value.state);
  const canShare = 'getDisplayMedia' in ((navigator as { mediaDevices?: MediaDevices }).mediaDevices ?? {});
  const toggle = (name: Side): void => {
    call.openChat(false);
    side.value = side.value === name ? undefined : name;
  };
  return (
    <footer class="controls">
      <IconButton
        icon={on ? 'microphone' : 'microphoneOff'}
        label={on ? t.mute : t.unmute}
        off={!on}
        class="toggle-microphone"
        onPress={() => void call.toggleMicrophone()}
      />
      <IconButton
        icon={media.camera.value ? 'camera' : 'cameraOff'}
        label={media.camera.value ? t.stopCamera : t.startCamera}
        off={!media.camera.value}
        class="toggle-camera"
        onPress={() => void call.toggleCamera()}
      />
      {canShare && (
        <IconButton
          icon="screen"
          label={media.screen.value ? t.stopScreen : t.shareScreen}
          pressed={!!media.screen.value}
          class="toggle-screen"
          onPress={() => void call.toggleScreen()}
        />
      )}
      <IconButton
        icon="chat"
        label={call.unread.value ? fill(t.unread, { n: call.unread.value }) : t.chat}
        pressed={call.chatOpen.value}
        badge={call.unread.value}
        class="toggle-chat"
        onPress={() => {
          side.value = undefined;
          call.openChat(!call.chatOpen.value);
        }}
      />
      <IconButton
        icon="people"
        label={t.people}
        pressed={side.value === 'people'}
        class="toggle-people"
        onPress={() => toggle('people')}
      />
      <IconButton
        icon="settings"
        label={t.devices}
        pressed={side.value === 'devices'}
        class="toggle-devices"
        onPress={() => toggle('devices')}
      />
      {document.pictureInPictureEnabled && (
        <IconButton icon="pip" label={t.pip} class="toggle-pip" onPress={() => void showOnTop()} />
      )}
      <IconButton icon="hangUp" danger label={t.hangUp} class="hang-up" onPress={() => void call.leave()} />
      {call.isHost.value && (
        <button
          type="button"
          class="secondary agent-button"
          onClick={() => void (hasAgent ? call.ask('RemoveAvatar') : call.ask('InviteAvatar', {}))}
        >
          {hasAgent ? t.removeAgent : t.addAgent}
        </button>
      )}
      {(call.canRecord.value || call.isRecording.value) && (
        <button
          type="button"
          class="secondary record-button"
          onClick={() => void (call.isRecording.value ? call.stopRecording() : call.record())}
        >
          {call.isRecording.value ? t.stopRecording : t.record}
        </button>
      )}
      {call.isHost.value && (
        <button type="button" class="secondary end-all" onClick={() => void call.endForAll()}>
          {t.endForAll}
        </button>
      )}
    </footer>
  );
}

/** Shows the first picture of another person in a window of its own, and closes it again. */
async function showOnTop(): Promise<void> {
  try {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await document.querySelector<HTMLVideoElement>('.tile:not(.own) video')?.requestPictureInPicture();
  } catch {
    // The browser allows it only right after a click, and only while there is a picture.
  }
}
