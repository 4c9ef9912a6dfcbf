import type { Call } from '../call';
import type { Avatar } from '../contract';
import { agentId } from '../links';
import { meetWords } from '../words';
import { IconButton, MeetIconOf } from './IconButton';
import { Picture, Sound } from './Picture';

interface Props {
  call: Call;
  avatar: Avatar;
  onClose: () => void;
}

/** The AI agent, once it is there: its own page in a frame, or its sound and picture if it is at the call's media server. */
export function AgentTile({ call, avatar, onClose }: Props) {
  const t = meetWords.value;
  const name = avatar.name ?? t.agent;
  const links = call.links.current.value;
  // Tracks are not signals themselves.
  const stream = links.version.value >= 0 && avatar.state === 'in' ? links.stream(agentId) : undefined;
  const picture = stream?.getVideoTracks()[0];
  const text =
    avatar.state === 'in'
      ? avatar.provider === 'tavus' && !isWebAddress(avatar.url)
        ? t.agent_noUrl
        : undefined
      : avatar.state === 'ended'
        ? undefined
        : t[`agent_${avatar.state}`];
  return (
    <div class="tile agent" data-agent={avatar.state}>
      {avatar.state === 'in' && isWebAddress(avatar.url) ? (
        <iframe src={avatar.url} title={name} allow="camera; microphone; autoplay; fullscreen" />
      ) : picture ? (
        <Picture track={picture} label={name} />
      ) : (
        <span class="initial" aria-hidden="true">
          <MeetIconOf name="agent" />
        </span>
      )}
      <Sound track={stream?.getAudioTracks()[0]} speaker={call.media.chosen.value.speaker} />
      {text && (
        <p class="tile-problem" role={avatar.state === 'failed' ? 'alert' : 'status'}>
          {text} {avatar.state === 'failed' && avatar.error}
        </p>
      )}
      {avatar.state === 'failed' && (
        <span class="tile-controls">
          <IconButton icon="close" class="small" label={t.close} onPress={onClose} />
        </span>
      )}
      <p class="tile-name">
        <bdi>{name}</bdi>
      </p>
    </div>
  );
}

function isWebAddress(url: string | null | undefined): url is string {
  return !!url && /^https?:\/\//i.test(url);
}
