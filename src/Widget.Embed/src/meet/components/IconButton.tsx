import { Icon } from '../../app/components/Icon';

/** SVG paths on a 24 by 24 grid. */
const paths = {
  microphone:
    'M12 3.5a2.5 2.5 0 0 1 2.5 2.5v5.5a2.5 2.5 0 0 1-5 0V6A2.5 2.5 0 0 1 12 3.5Zm-6 8a6 6 0 0 0 12 0M12 17.5v3',
  microphoneOff:
    'M9.5 9.5v2a2.5 2.5 0 0 0 4 2m1-4V6A2.5 2.5 0 0 0 9.7 5M6 11.5a6 6 0 0 0 9.6 4.8M18 11.5a6 6 0 0 1-.5 2.4M12 17.5v3M4 4l16 16',
  camera:
    'M4.5 6.5h9a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5ZM15 11l6-3.5v9L15 13',
  cameraOff:
    'M10.5 6.5h3A1.5 1.5 0 0 1 15 8v3l6-3.5v9l-4-2.3M15 15.5v.5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5H6M4 4l16 16',
  screen:
    'M4.5 5h15A1.5 1.5 0 0 1 21 6.500v9a1.5 1.5 0 0 1-1.5 1.500h-15A1.5 1.5 0 0 1 3 15.500v-9A1.5 1.5 0 0 1 4.500 5ZM9 20h6m-3-3v3m0-6V8m-2.500 2.500L12 8l2.500 2.500',
  chat: 'M12 4c-5 0-9 3.1-9 7 0 2.1 1.2 4 3.1 5.3-.1 1-.5 2.2-1.4 3.3 1.7-.1 3.2-.8 4.3-1.7 1 .2 2 .3 3 .3 5 0 9-3.3 9-7.2s-4-7-9-7Z',
  people:
    'M9 11a3.250 3.250 0 1 0 0-6.500 3.250 3.250 0 0 0 0 6.500Zm-6 8.500c.5-3 3-5 6-5s5.500 2 6 5M15.500 4.700a3.250 3.250 0 0 1 0 6.100M17.500 14.900c1.800.8 3.100 2.500 3.500 4.600',
  settings:
    'M4 7h9m5 0h2M4 17h2m5 0h9M15.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm-7 10a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  pip: 'M20.5 10V6.5A1.5 1.5 0 0 0 19 5H5a1.5 1.5 0 0 0-1.5 1.5v11A1.5 1.5 0 0 0 5 19h4.5M13 12.5h6.5a1 1 0 0 1 1 1v4.5a1 1 0 0 1-1 1H13a1 1 0 0 1-1-1v-4.5a1 1 0 0 1 1-1Z',
  hangUp:
    'M3.2 14.8c-.5-1.5.2-3 1.7-3.7a17 17 0 0 1 14.2 0c1.5.7 2.2 2.2 1.7 3.7l-.3 1a1.2 1.2 0 0 1-1.5.8l-3-.9a1.2 1.2 0 0 1-.9-1.2v-1.7a13 13 0 0 0-6.2 0v1.7c0 .6-.4 1-.9 1.2l-3 .9a1.2 1.2 0 0 1-1.5-.8Z',
  agent:
    'M12 3v3m-5.500 0h11A1.500 1.500 0 0 1 19 7.500v9a1.500 1.500 0 0 1-1.500 1.500h-11A1.500 1.500 0 0 1 5 16.500v-9A1.500 1.500 0 0 1 6.500 6ZM9 10.500v1.500m6-1.500v1.500m-6 3h6M2.500 10.500v3m19-3v3M9 21h6',
  close: 'm6 6 12 12M18 6 6 18',
  send: 'M12 19V5m-6.5 6.5L12 5l6.5 6.5',
  remove: 'M9 11a3.250 3.250 0 1 0 0-6.500 3.250 3.250 0 0 0 0 6.500Zm-6 8.500c.5-3 3-5 6-5s5.500 2 6 5M15.500 10h6',
  link: 'M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1',
} as const;

export type MeetIcon = keyof typeof paths;

interface Props {
  icon: MeetIcon;
  label: string;
  /** Crossed out: the device is off. */
  off?: boolean;
  pressed?: boolean;
  danger?: boolean;
  badge?: number;
  class?: string;
  onPress: () => void;
}

export function IconButton({ icon, label, off, pressed, danger, badge, class: more, onPress }: Props) {
  return (
    <button
      type="button"
      class={`round ${off ? 'off' : ''} ${danger ? 'danger' : ''} ${more ?? ''}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onPress}
    >
      <MeetIconOf name={icon} />
      {!!badge && <span class="badge">{badge}</span>}
    </button>
  );
}

export function MeetIconOf({ name }: { name: MeetIcon }) {
  return <Icon name={name} path={paths[name]} />;
}
