/** The screen before a call: who receives sound and picture, a preview, and a choice of devices. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../app/components/Icon';
import { Portrait } from '../app/components/Portrait';
import { Sheet } from '../app/components/Sheet';
import { fill } from '../app/i18n';
import type { PreludeProps } from '../app/moduleHost';
import { addSheets } from '../app/styles/sheets';
import { listDevices, mediaDevices, type DeviceLists, type DeviceOption } from '../media/devices';
import { preludeStyle } from './style';
import { preludeWords } from './words';

export function Prelude({ panel, mode, start, cancel }: PreludeProps) {
  addSheets(panel.host.shadow, preludeStyle);
  const t = preludeWords.value;
  const config = panel.config.value;
  const names = { agent: config?.agentName ?? '', tenant: config?.tenantName ?? '' };
  const [cameraId, setCameraId] = useState('');
  const [microphoneId, setMicrophoneId] = useState('');
  const [known, setKnown] = useState<DeviceLists>({ microphone: [], camera: [], speaker: [] });
  const go = useRef<HTMLButtonElement>(null);
  // After the sheet has taken the focus.
  useEffect(() => go.current?.focus(), []);

  const load = (): void => void listDevices().then(setKnown, () => undefined);
  useEffect(load, []);
  const begin = (camera: boolean): void =>
    start({ camera, cameraId: cameraId || undefined, microphoneId: microphoneId || undefined });

  return (
    <Sheet
      over={panel.view.value}
      heading={panel.host.mode === 'page' ? 'h1' : 'h2'}
      kind="prelude"
      label={t[`title_${mode}`]}
      close={cancel}
    >
      {mode === 'video' ? <Preview cameraId={cameraId} opened={load} /> : <Portrait config={config} size={96} />}
      <p class="with">{fill(t.with, names)}</p>
      {mode === 'video' && <Choice label={t.camera} options={known.camera} value={cameraId} onChoose={setCameraId} />}
      <Choice label={t.microphone} options={known.microphone} value={microphoneId} onChoose={setMicrophoneId} />
      <ul class="facts" id="call-facts">
        <li>{fill(t[`receives_${mode}`], names)}</li>
        <li>{t.writtenDown}</li>
        <li>{t[`permission_${mode}`]}</li>
      </ul>
      <div class="go">
        <button type="button" class="primary" ref={go} aria-describedby="call-facts" onClick={() => begin(true)}>
          <Icon name={mode === 'video' ? 'video' : 'call'} />
          {t.start}
        </button>
        {mode === 'video' && (
          <button type="button" class="offer" onClick={() => begin(false)}>
            {t.startWithoutCamera}
          </button>
        )}
      </div>
    </Sheet>
  );
}

/** The visitor's own picture. Until the browser has permission, it opens only when the visitor asks for it. */
function Preview({ cameraId, opened }: { cameraId: string; opened: () => void }) {
  const t = preludeWords.value;
  const picture = useRef<HTMLVideoElement>(null);
  const [wanted, setWanted] = useState(false);
  const [stream, setStream] = useState<MediaStream | undefined>();
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    // Not every browser reports the permission. Then the visitor's click decides.
    void (async () => {
      try {
        const { state } = await navigator.permissions.query({ name: 'camera' });
        if (state === 'granted') setWanted(true);
      } catch {
        // Unknown.
      }
    })();
  }, []);
  useEffect(() => {
    if (!wanted) return undefined;
    let closed = false;
    let current: MediaStream | undefined;
    const video = cameraId ? { deviceId: { exact: cameraId } } : true;
    mediaDevices()
      ?.getUserMedia({ video })
      .then(
        (media) => {
          current = media;
          if (closed) stop(media);
          else {
            setStream(media);
            setFailed(false);
            opened();
          }
        },
        () => setFailed(true),
      );
    if (!mediaDevices()) setFailed(true);
    return () => {
      closed = true;
      stop(current);
    };
  }, [wanted, cameraId]);
  useLayoutEffect(() => {
    if (picture.current) picture.current.srcObject = stream ?? null;
  }, [stream]);

  return (
    <div class="preview">
      {stream && !failed ? (
        <video ref={picture} autoplay muted playsInline aria-label={t.preview} />
      ) : (
        <>
          <Icon name="video" />
          {failed ? (
            <p role="alert">{t.noPreview}</p>
          ) : (
            <button type="button" class="offer" onClick={() => setWanted(true)}>
              {t.showPreview}
            </button>
          )}
        </>
      )}
    </div>
  );
}

function stop(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

interface ChoiceProps {
  label: string;
  options: DeviceOption[];
  value: string;
  onChoose: (id: string) => void;
}

/** Offered when there is more than one device to choose from. */
function Choice({ label, options, value, onChoose }: ChoiceProps) {
  if (options.length < 2) return null;
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value || options[0]?.id} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {options.map((option, i) => (
          <option key={option.id} value={option.id}>
            {option.label || fill(preludeWords.value.device, { kind: label, n: i + 1 })}
          </option>
        ))}
      </select>
    </label>
  );
}
