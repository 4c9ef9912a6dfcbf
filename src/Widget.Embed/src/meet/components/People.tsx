import { fill } from '../../app/i18n';
import type { Call } from '../call';
import { nameOf } from '../roomState';
import { isolate, meetWords } from '../words';
import { IconButton } from './IconButton';

/** Who is in the call, and what the host can do. */
export function People({ call, close }: { call: Call; close: () => void }) {
  const t = meetWords.value;
  const isHost = call.isHost.value;
  const link = call.link.value;
  return (
    <aside class="side people" aria-label={t.people}>
      <header>
        <h2>{t.people}</h2>
        <IconButton icon="close" label={t.close} class="small" onPress={close} />
      </header>
      <ul>
        <li>
          <bdi>{nameOf(call.self.value, t.you)}</bdi> <span class="quiet">{t.you}</span>
        </li>
        {call.others.value.map((other) => {
          const name = nameOf(other, other.role === 'host' ? t.host : t.guest);
          return (
            <li key={other.id}>
              <bdi>{name}</bdi>
              {other.role === 'host' && <span class="quiet">{t.host}</span>}
              {isHost && (
                <span class="actions">
                  {other.microphone && (
                    <IconButton
                      icon="microphoneOff"
                      class="small"
                      label={fill(t.muteOther, { name: isolate(name) })}
                      onPress={() => void call.ask('Mute', other.id)}
                    />
                  )}
                  <IconButton
                    icon="remove"
                    class="small"
                    label={fill(t.removeOther, { name: isolate(name) })}
                    onPress={() => void call.ask('Remove', other.id)}
                  />
                </span>
              )}
            </li>
          );
        })}
      </ul>
      {isHost && (
        <div class="invite">
          <button type="button" class="secondary" onClick={() => void call.copyLink()}>
            {t.copyLink}
          </button>
          {link && (
            <label class="field">
              <span class="quiet">{t.linkFor}</span>
              <input readOnly value={link} onFocus={({ currentTarget }) => currentTarget.select()} />
            </label>
          )}
        </div>
      )}
    </aside>
  );
}
