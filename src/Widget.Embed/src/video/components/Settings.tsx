import type { Signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../app/components/Icon';
import { fill, words } from '../../app/i18n';
import { choices, mediaDevices, type Choice, type Choices, type Kind } from '../devices';
import type { CallModel } from '../model';
import { videoWords } from '../words';

interface Props {
  call: CallModel;
  open: Signal<boolean>;
  speaker: Signal<string>;
}

/** Which camera, microphone and, where the browser lets a page choose, speaker. */
export function Settings({ call, open, speaker }: Props) {
  const t = videoWords.value;
  const [known, setKnown] = useState<Choices>({ microphone: [], camera: [], speaker: [] });
  const box = useRef<HTMLDivElement>(null);
  const close = (): void => {
    open.value = false;
  };

  useEffect(() => {
    const look = (): void => void choices().then(setKnown, () => undefined);
    look();
    mediaDevices()?.addEventListener('devicechange', look);
    const opener = (box.current?.getRootNode() as ShadowRoot | undefined)?.activeElement;
    box.current?.querySelector<HTMLElement>('button')?.focus();
    return () => {
      mediaDevices()?.removeEventListener('devicechange', look);
      (opener as HTMLElement | null | undefined)?.focus();
    };
  }, []);

  const device = (kind: Kind, label: string) => (
    <Select
      label={label}
      options={known[kind]}
      value={(call.on.value[kind], call.deviceId(kind) ?? '')}
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
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
    >
      <button type="button" class="tool" aria-label={words.value.back} title={words.value.back} onClick={close}>
        <Icon name="close" />
      </button>
      {device('camera', t.chooseCamera)}
      {device('microphone', t.chooseMicrophone)}
      {'setSinkId' in HTMLMediaElement.prototype && known.speaker.length > 0 && (
        <Select
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
  label: string;
  options: Choice[];
  value: string;
  onChoose: (id: string) => void;
}

function Select({ label, options, value, onChoose }: SelectProps) {
  const t = videoWords.value;
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
