import { useRef } from 'preact/hooks';
import { fill, locale, words } from '../i18n';
import type { Store } from '../store';
import { Composer } from './Composer';
import { Icon } from './Icon';
import { Listen, SpeechView } from './Listen';
import { SourceSheet } from './SourceSheet';
import { StatusBar } from './StatusBar';
import { Thread } from './Thread';
import { CallMissing, StartCall } from './StartCall';

const focusable = 'button:not(:disabled), a[href], textarea:not(:disabled), select:not(:disabled), [tabindex="0"]';

export function Panel({ store }: { store: Store }) {
  const t = words.value;
  const panel = useRef<HTMLDivElement>(null);
  const config = store.config.value;
  const open = store.open.value;
  const agent = config?.agentName ?? '';
  const page = store.host.mode === 'page';
  // In its own direction, but where the page's direction puts it.
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
      {/* What the sheet covers cannot be reached meanwhile. */}
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
              <Icon name="fresh" />
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
        class={`body ${call ? 'in-call' : ''} ${call?.alone.value ? 'alone' : ''}`}
        inert={store.source.value !== undefined}
      >
        <StatusBar store={store} />
        <CallMissing store={store} />
        {call && <call.View />}
        <Thread store={store} />
        <SpeechView store={store} />
        <Composer store={store} />
      </div>
      <SourceSheet store={store} />
    </div>
  );
}

/** Where it covers the page, as the style sheet has it. */
const narrow = matchMedia('(max-width: 480px)');

/** On a phone the panel is all there is to see, so the focus must not wander behind it. */
function coversPage(panel: HTMLElement): boolean {
  return panel.clientWidth >= document.documentElement.clientWidth;
}

function keepFocus(panel: HTMLElement, event: KeyboardEvent): void {
  const stops = [...panel.querySelectorAll<HTMLElement>(focusable)].filter((stop) => stop.offsetParent !== null);
  const active = (panel.getRootNode() as ShadowRoot).activeElement;
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (active !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
}
