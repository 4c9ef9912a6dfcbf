import { useState } from 'preact/hooks';
import { words } from '../i18n';
import type { Store } from '../store';
import { Icon } from './Icon';
import { press } from './Listen';
import { Menu } from './Menu';
import { Part } from './Part';
import { Portrait } from './Portrait';

interface Props {
  store: Store;
  home: boolean;
  close: () => void;
}

/** The top of the panel: the company on Home, the assistant in the conversation. */
export function Head({ store, home, close }: Props) {
  const t = words.value;
  const config = store.config.value;
  const page = store.host.mode === 'page';
  const opening = !config && store.status.value.state !== 'refused';
  return (
    <div class={`head ${home ? 'at-home' : opening ? 'opening' : config ? '' : 'unknown'}`}>
      {config && home && <Company store={store} />}
      {config && !home && (
        <>
          {/* Home has no place for a running call. */}
          {!store.call.value?.active.value && (
            <button
              type="button"
              class="tool"
              aria-label={t.toHome}
              title={t.toHome}
              onClick={() => store.show('home', '.home')}
            >
              <Icon name="back" />
            </button>
          )}
          {store.turn.value?.name ? (
            <Part load={store.modules.personHead} props={{ panel: store }} />
          ) : (
            <>
              <Portrait config={config} size={36} />
              <Agent store={store} />
            </>
          )}
          <Listening store={store} />
          <Menu store={store} />
        </>
      )}
      {!page && (
        // Hidden while the launcher is visible, because the launcher also closes the panel.
        <button type="button" class="tool close" aria-label={t.closeChat} title={t.closeChat} onClick={close}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

/** The company's logo and its name. A wide logo is assumed to contain the name. */
function Company({ store }: { store: Store }) {
  const [logo, setLogo] = useState<'mark' | 'wide' | 'failed'>('mark');
  const { tenantName = '', logoUrl } = store.config.value ?? {};
  const shown = logoUrl && logo !== 'failed';
  return (
    <span class="company">
      {shown && (
        <img
          class="logo"
          src={logoUrl}
          alt={logo === 'wide' ? tenantName : ''}
          referrerpolicy="no-referrer"
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            setLogo(naturalWidth > 2 * naturalHeight ? 'wide' : 'mark')
          }
          onError={() => setLogo('failed')}
        />
      )}
      {!(shown && logo === 'wide') && <bdi translate={false}>{tenantName}</bdi>}
    </span>
  );
}

/** Who answers, and that it is an AI. */
function Agent({ store }: { store: Store }) {
  const { agentName = '', tenantName = '' } = store.config.value ?? {};
  // The names may be written in the other direction.
  const name = <bdi translate={false}>{agentName}</bdi>;
  return (
    <span class="who">
      {store.host.mode === 'page' ? <h1>{name}</h1> : <h2>{name}</h2>}
      <span>
        {words.value.aiAssistant}
        <span class="of-company">{'\u00a0·\u00a0'}</span>
        <bdi class="of-company" translate={false}>
          {tenantName}
        </bdi>
      </span>
    </span>
  );
}

/** Shown while answers are read aloud. Turns reading aloud off. */
function Listening({ store }: { store: Store }) {
  const t = words.value;
  if (!store.speech.module.value?.listening.value || store.call.value) return null;
  return (
    <button
      type="button"
      class="listen pill"
      aria-label={t.listenToAnswers}
      title={t.listenToAnswers}
      aria-pressed="true"
      onClick={() => press(store, (module) => module.listen(false))}
    >
      <Icon name="listen" />
    </button>
  );
}
