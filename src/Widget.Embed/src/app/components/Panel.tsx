import { useRef } from 'preact/hooks';
import { fill, locale, words } from '../i18n';
import type { Store } from '../store';
import { Composer } from './Composer';
import { Icon } from './Icon';
import { Listen, SpeechView } from './Listen';
import { SourceSheet } from './SourceSheet';
import { StatusBar } from './StatusBar';
import { Thread } from './Thread';
import { CallLoadError, StartCall } from './StartCall';

const focusable = 'button:not(:disabled), a[href], textarea:not(:disabled), select:not(:disabled), [tabindex="0"]';

export function Panel({ store }: { store: Store }) {
  const t = words.value;
  const panel = useRef<HTMLDivElement>(null);
  const config = store.config.value;
  const open = store.open.value;
  const agent = config?.agentName ?? '';
  const page = store.host.mode === 'page';
  // The name may be written in the other direction.
  const name = <bdi>{agent}</bdi>;
  const call = store.call.value;
  const close = (): unknown => panel.current?.dispatchEvent(new CustomEvent('widget-close', { bubbles: true }));

  return (
    <div
      class="panel"
      ref={panel}
      role={page ? 'main' : 'dialog'}
      aria-modal={(!page && narrow.matches) || undefined}
      aria-label={config ? fill(t.assistantOf, { tenant: config.tenantName }) : t.openChat}
      hidden={!open}
      lang={locale.value}
      dir={t.dir as 'ltr' | 'rtl'}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !page) close();
        if (event.key === 'Tab' && panel.current && coversPage(panel.current)) keepFocus(panel.current, event);
      }}
    >
      {/* While the source sheet covers it, it cannot be reached by keyboard. */}
      <div class="head" inert={store.source.value !== undefined}>
        {config && (
          <>
            <span class="portrait" aria-hidden="true">
              {agent.slice(0, 1).toUpperCase()}
            </span>
            <span class="who">
              {page ? <h1>{name}</h1> : <h2>{name}</h2>}
              <span>
                <bdi>{config.tenantName}</bdi>
              </span>
            </span>
            <Listen store={store} />
            <StartCall store={store} />
            <button
              type="button"
              class="tool"
              aria-label={t.newConversation}
              title={t.newConversation}
              onClick={() => store.startNewConversation()}
            >
              <Icon name="plus" />
            </button>
          </>
        )}
        {!page && (
          <button type="button" class="tool" aria-label={t.closeChat} title={t.closeChat} onClick={close}>
            <Icon name="close" />
          </button>
        )}
      </div>
      <div
        class={`body ${call ? 'in-call' : ''} ${call?.hidesThread.value ? 'call-only' : ''}`}
        inert={store.source.value !== undefined}
      >
        <StatusBar store={store} />
        <CallLoadError store={store} />
        {call && <call.View />}
        <Thread store={store} />
        <SpeechView store={store} />
        <Composer store={store} />
      </div>
      <SourceSheet store={store} />
    </div>
  );
}

/** Screens on which the panel covers the page; the style sheet has the same limit. */
const narrow = matchMedia('(max-width: 480px)');

/** On a phone the panel covers the page, so the focus must stay inside it. */
function coversPage(panel: HTMLElement): boolean {
  return panel.clientWidth >= document.documentElement.clientWidth;
}

function keepFocus(panel: HTMLElement, event: KeyboardEvent): void {
  const elements = [...panel.querySelectorAll<HTMLElement>(focusable)].filter(
    (element) => element.offsetParent !== null,
  );
  const active = (panel.getRootNode() as ShadowRoot).activeElement;
  const edge = event.shiftKey ? elements[0] : elements.at(-1);
  if (active !== edge) return;
  event.preventDefault();
  (event.shiftKey ? elements.at(-1) : elements[0])?.focus();
}
