import { fill } from '../../app/i18n';
import type { Call } from '../call';
import type { Participant } from '../contract';
import { nameOf } from '../roomState';
import { isolate, meetWords } from '../words';
import { MeetIconOf } from './IconButton';
import { Picture, Sound } from './Picture';

/** Another participant: picture, sound, name, and how the connection is. */
export function Tile({ call, participant }: { call: Call; participant: Participant }) {
  const t = meetWords.value;
  const links = call.links.current.value;
  // Tracks and connections are not signals themselves.
  const stream = links.version.value >= 0 ? links.stream(participant.id) : undefined;
  const name = nameOf(participant, participant.role === 'host' ? t.host : t.guest);
  const shows = participant.camera || participant.screen;
  const video = stream?.getVideoTracks()[0];
  const quality = links.qualities.value.get(participant.id);
  const state = links.state(participant.id);
  const problem =
    state === 'interrupted'
      ? t.linkInterrupted
      : state !== 'connected'
        ? t.linkConnecting
        : !participant.connected
          ? fill(t.away, { name: isolate(name) })
          : undefined;
  return (
    <div
      class={`tile ${links.speaking.value.has(participant.id) && participant.microphone ? 'speaking' : ''}`}
      data-participant={participant.id}
      data-state={state}
    >
      {shows ? (
        <Picture
          track={video}
          label={participant.screen ? fill(t.screenOf, { name: isolate(name) }) : name}
          whole={participant.screen}
        />
      ) : (
        <Initial name={name} />
      )}
      <Sound track={stream?.getAudioTracks()[0]} speaker={call.media.chosen.value.speaker} />
      {problem && (
        <p class="tile-problem" role="status">
          {problem}
        </p>
      )}
      <p class="tile-name">
        {!participant.microphone && (
          <span class="muted-mark" title={t.isMuted}>
            <MeetIconOf name="microphoneOff" />
            <span class="hidden">{t.isMuted}</span>
          </span>
        )}
        <bdi>{participant.screen ? fill(t.screenOf, { name: isolate(name) }) : name}</bdi>
        {quality && state === 'connected' && (
          <>
            <Bars quality={quality} label={t[`quality_${quality}`]} />
            {quality === 'poor' && <span aria-hidden="true">{t.quality_poor}</span>}
          </>
        )}
      </p>
    </div>
  );
}

/** The person's own video. */
export function OwnTile({ call }: { call: Call }) {
  const t = meetWords.value;
  const { camera, screen } = call.media;
  const on = call.isMicrophoneOn;
  return (
    <div class="tile own" data-participant="self">
      {call.picture.value ? (
        <Picture
          track={call.picture.value}
          label={t.ownPicture}
          mirrored={!screen.value && !!camera.value}
          whole={!!screen.value}
        />
      ) : (
        <Initial name={nameOf(call.self.value, t.you)} />
      )}
      <p class="tile-name">
        {!on && (
          <span class="muted-mark">
            <MeetIconOf name="microphoneOff" />
            <span class="hidden">{t.isMuted}</span>
          </span>
        )}
        <span>{screen.value ? t.ownScreen : t.you}</span>
      </p>
    </div>
  );
}

function Initial({ name }: { name: string }) {
  return (
    <span class="initial" aria-hidden="true">
      {(/^./u.exec(name)?.[0] ?? '').toUpperCase()}
    </span>
  );
}

function Bars({ quality, label }: { quality: 'good' | 'fair' | 'poor'; label: string }) {
  return (
    <span class={`bars ${quality}`} role="img" aria-label={label} title={label}>
      <i />
      <i />
      <i />
    </span>
  );
}
