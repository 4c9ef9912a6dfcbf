import type { Avatar } from '../contract';
import { meetWords } from '../words';
import { IconButton, MeetIconOf } from './IconButton';

/** The AI agent: its own page in a frame, once it is there. */
export function AgentTile({ avatar, onClose }: { avatar: Avatar; onClose: () => void }) {
  const t = meetWords.value;
  const name = avatar.name ?? t.agent;
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
      ) : (
        <span class="initial" aria-hidden="true">
          <MeetIconOf name="agent" />
        </span>
      )}
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
