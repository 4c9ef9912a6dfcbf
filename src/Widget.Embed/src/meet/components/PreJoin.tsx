import { fill } from '../../app/i18n';
import type { Call } from '../call';
import { meetWords } from '../words';
import { Devices } from './Devices';
import { IconButton } from './IconButton';
import { Level } from './Level';
import { Picture } from './Picture';

/** Before the call: the person's own video, the devices, and what is wrong with them. */
export function PreJoin({ call, company }: { call: Call; company: string }) {
  const t = meetWords.value;
  const { media } = call;
  const joining = call.phase.value === 'joining';
  const invitation = call.invitation.value;
  const name = invitation?.company ?? company;
  const { microphone, camera } = media;
  const label = !invitation
    ? t.startCall
    : microphone.value
      ? t.join
      : camera.value
        ? t.joinMuted
        : media.problems.value.microphone
          ? t.joinChat
          : t.join;
  return (
    <main class="page">
      <div class="prejoin">
        <section class="preview" aria-label={t.ownPicture}>
          <div class="tile">
            {camera.value ? (
              <Picture track={camera.value} label={t.ownPicture} mirrored />
            ) : (
              <p class="no-picture">{t.cameraIsOff}</p>
            )}
            <div class="tile-controls">
              <IconButton
                icon={call.isMicrophoneOn ? 'microphone' : 'microphoneOff'}
                label={call.isMicrophoneOn ? t.mute : t.unmute}
                off={!call.isMicrophoneOn}
                onPress={() => void call.toggleMicrophone()}
              />
              <IconButton
                icon={camera.value ? 'camera' : 'cameraOff'}
                label={camera.value ? t.stopCamera : t.startCamera}
                off={!camera.value}
                onPress={() => void call.toggleCamera()}
              />
            </div>
          </div>
          <Level track={microphone.value} />
        </section>
        <form
          class="entry"
          onSubmit={(event) => {
            event.preventDefault();
            void call.join();
          }}
        >
          {invitation?.name && name && <p class="quiet">{fill(t.callWith, { company: name })}</p>}
          <h1>{invitation?.name ?? (name ? fill(t.callWith, { company: name }) : t.title)}</h1>
          <label class="field">
            <span>{t.yourName}</span>
            <input
              name="name"
              autocomplete="name"
              maxLength={80}
              value={call.name.value}
              onInput={({ currentTarget }) => (call.name.value = currentTarget.value)}
            />
          </label>
          <Problems call={call} />
          {invitation?.recording ? <p class="note-line">{t.recordingNote}</p> : null}
          <button type="submit" class="primary join" disabled={joining}>
            {joining ? t.joining : label}
          </button>
          <Devices media={media} />
        </form>
      </div>
    </main>
  );
}

/** What is wrong with the devices, in words, with the browser's own name for it. */
function Problems({ call }: { call: Call }) {
  const t = meetWords.value;
  const { microphone, camera } = call.media.problems.value;
  if (!microphone && !camera) return null;
  const lines =
    microphone && camera?.error === microphone.error
      ? [{ text: t[`both_${microphone.error}`], name: microphone.name }]
      : [
          microphone && { text: t[`microphone_${microphone.error}`], name: microphone.name },
          camera && { text: t[`camera_${camera.error}`], name: camera.name },
        ].filter((line): line is { text: string; name: string } => !!line);
  return (
    <div class="problem-box" role="alert">
      {lines.map(({ text, name }) => (
        <p key={text}>
          {text} <small>{fill(t.browserSays, { name })}</small>
        </p>
      ))}
      <button type="button" class="link" onClick={() => void call.media.open()}>
        {t.tryAgain}
      </button>
    </div>
  );
}
