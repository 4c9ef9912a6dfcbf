import type { LocalMedia } from '../localMedia';
import { meetWords } from '../words';

/** Which camera, microphone and speaker are used. */
export function Devices({ media }: { media: LocalMedia }) {
  const t = meetWords.value;
  const lists = media.devices.value;
  const canChooseSpeaker = 'setSinkId' in HTMLMediaElement.prototype;
  return (
    <div class="devices">
      {(['microphone', 'camera', ...(canChooseSpeaker ? (['speaker'] as const) : [])] as const).map((kind) => {
        // Browsers list the default a second time under its own name.
        const options = lists[kind].filter(({ id, label }) => id !== 'default' && id !== 'communications' && label);
        if (options.length === 0) return null;
        const current =
          media.chosen.value[kind] || (kind === 'speaker' ? '' : (media[kind].value?.getSettings().deviceId ?? ''));
        return (
          <label key={kind}>
            <span>{t[kind]}</span>
            <select
              value={options.some(({ id }) => id === current) ? current : ''}
              onChange={({ currentTarget }) => void media.choose(kind, currentTarget.value)}
            >
              <option value="">{t.defaultDevice}</option>
              {options.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        );
      })}
    </div>
  );
}
