import { Icon } from '../app/components/Icon';
import { icons } from './icons';

interface Props {
  name: keyof typeof icons | 'voice' | 'video';
  label: string;
  off?: boolean;
  disabled?: boolean;
  expanded?: boolean;
  onPress: () => void;
}

/** A round button in a call. */
export function Control({ name, label, off = false, disabled = false, expanded, onPress }: Props) {
  return (
    <button
      type="button"
      class={`control ${off ? 'off' : ''}`}
      aria-label={label}
      title={label}
      aria-expanded={expanded}
      disabled={disabled}
      onClick={onPress}
    >
      {name === 'voice' || name === 'video' ? <Icon name={name} /> : <Icon name={name} path={icons[name]} />}
    </button>
  );
}

export function HangUp({ label, onPress }: { label: string; onPress: () => void }) {
  return (
    <button type="button" class="control end" data-first aria-label={label} title={label} onClick={onPress}>
      <Icon name="hang-up" path={icons.hangUp} />
    </button>
  );
}
