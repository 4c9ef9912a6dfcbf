import type { Signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../app/components/Icon';
import { fill, words } from '../app/i18n';
import { isComposing } from '../app/keys';
import { listDevices, mediaDevices, type DeviceOption, type DeviceLists } from '../media/devices';
import type { DeviceKind } from '../media/deviceError';
import type { CallModel } from './model';

interface DeviceWords {
  settings: string;
  chooseMicrophone: string;
  chooseSpeaker: string;
  device: string;
  defaultDevice: string;
}

interface Props {
  call: CallModel;
  words: DeviceWords;
  /** The label of the camera list; without it there is none. */
  camera?: string;
  open: Signal<boolean>;
  /** Id of the output device; empty for the browser's default. */
  speaker: Signal<string>;
}

/** Lets the visitor choose a microphone, a camera and, if the browser supports it, a speaker. */
export function DeviceMenu({ call, words: t, camera, open, speaker }: Props) {
  const [known, setKnown] = useState<DeviceLists>({ microphone: [], camera: [], speaker: [] });
  const box = useRef<HTMLDivElement>(null);
  const close = (): void => {
    open.value = false;
  };

  useEffect(() => {
    const load = (): void => void listDevices().then(setKnown, () => undefined);
    load();
    mediaDevices()?.addEventListener('devicechange', load);
    const opener = (box.current?.getRootNode() as ShadowRoot | undefined)?.activeElement;
    box.current?.querySelector<HTMLElement>('button')?.focus();
    return () => {
      mediaDevices()?.removeEventListener('devicechange', load);
      (opener as HTMLElement | null | undefined)?.focus();
    };
  }, []);

  const device = (kind: DeviceKind, label: string) => (
    <Select
      words={t}
      label={label}
      options={known[kind]}
      value={(call.on.value, call.deviceId(kind) ?? '')}
      onChoose={(id) => void call.choose(kind, id)}
    />
  );
  return (
    <div
      class="settings"
      ref={box}
      role="dialog"
      aria-label={t.settings}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || isComposing(event)) return;
        event.stopPropagation();
        close();
      }}
    >
      <button type="button" class="tool" aria-label={words.value.back} title={words.value.back} onClick={close}>
        <Icon name="close" />
      </button>
      {camera && device('camera', camera)}
      {device('microphone', t.chooseMicrophone)}
      {'setSinkId' in HTMLMediaElement.prototype && known.speaker.length > 0 && (
        <Select
          words={t}
          label={t.chooseSpeaker}
          options={known.speaker}
          value={speaker.value}
          onChoose={(id) => {
            speaker.value = id;
          }}
        />
      )}
    </div>
  );
}

interface SelectProps {
  words: DeviceWords;
  label: string;
  options: DeviceOption[];
  value: string;
  onChoose: (id: string) => void;
}

function Select({ words: t, label, options, value, onChoose }: SelectProps) {
  const known = options.some((option) => option.id === value);
  return (
    <label>
      <span>{label}</span>
      <select value={known ? value : ''} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {!known && <option value="">{t.defaultDevice}</option>}
        {options.map((option, i) => (
          <option key={option.id} value={option.id}>
            {option.label === '' ? fill(t.device, { kind: label, n: i + 1 }) : option.label}
          </option>
        ))}
      </select>
    </label>
  );
}
