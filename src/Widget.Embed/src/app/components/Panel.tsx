import { useRef } from 'preact/hooks';
import { fill, locale, words } from '../i18n';
import { isComposing } from '../keys';
import type { Store } from '../store';
import { Composer } from './Composer';
import { Head } from './Head';
import { Home } from './Home';
import { SpeechView, useListening } from './Listen';
import { Part } from './Part';
import { SourceSheet } from './SourceSheet';
import { StatusBar } from './StatusBar';
import { Thread } from './Thread';
import { CallLoading } from './Ways';

const focusable =
  'button:not(:disabled), a[href], textarea:not(:disabled), input, select:not(:disabled), [tabindex="0"]';

export function Panel({ store }: { store: Store }) {
  const t = words.value;
  const panel = useRef<HTMLDivElement>(null);
  const config = store.config.value;
  const open = store.open.value;
  const page = store.host.mode === 'page';
  const call = store.call.value;
  const sheet = store.sheet.value;
  const stage = store.stage.value;
  const prelude = store.calls.prelude.value;
  const home = store.view.value === 'home' && config !== undefined && !call;
  const covered = store.source.value !== undefined || sheet !== undefined || prelude !== undefined;
  const close = (): unknown => panel.current?.dispatchEvent(new CustomEvent('widget-close', { bubbles: true }));
  useListening(store);

  return (
    <div
      class={`panel ${store.large.value ? 'large' : ''}`}
      ref={panel}
      role={page ? 'main' : 'dialog'}
      aria-modal={(!page && narrow.matches) || undefined}
      aria-label={config ? fill(t.assistantOf, { tenant: config.tenantName }) : t.openChat}
      hidden={!open}
      lang={locale.value}
      dir={t.dir as 'ltr' | 'rtl'}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !isComposing(event)) {
          if (stage) store.stage.value = undefined;
          else if (!page) close();
        }
        if (event.key === 'Tab' && !page && panel.current && coversPage(panel.current)) keepFocus(panel.current, event);
      }}
    >
      {/* While a sheet covers it, it cannot be reached by keyboard. */}
      <div class="view" inert={covered}>
        <Head store={store} home={home} close={close} />
        <div class={`body ${call ? 'in-call' : ''} ${call?.hidesThread.value ? 'call-only' : ''}`}>
          <StatusBar store={store} />
          <CallLoading store={store} />
          {call && <call.View />}
          {stage && !home && (
            <Part
              key={stage.id}
              load={store.modules.stage}
              props={{ panel: store, demo: stage, close: () => (store.stage.value = undefined) }}
            />
          )}
          {home ? <Home store={store} /> : <Thread store={store} />}
          <SpeechView store={store} />
          <Composer store={store} />
        </div>
      </div>
      <SourceSheet store={store} />
      {sheet && (
        <Part
          key={sheet}
          load={store.modules[sheet]}
          props={{ panel: store, close: () => (store.sheet.value = undefined) }}
        />
      )}
      {prelude && (
        <Part
          key={prelude}
          load={store.modules.prelude}
          props={{
            panel: store,
            mode: prelude,
            start: (wishes) => void store.calls.start(prelude, wishes),
            cancel: () => (store.calls.prelude.value = undefined),
          }}
        />
      )}
    </div>
  );
}

/** Screens on which the panel covers the page; the style sheet has the same limit. */
const narrow = matchMedia('(max-width: 480px)');

/** On a phone the panel covers the page, so the focus must stay inside it. A frame leaves the page around it uncovered. */
function coversPage(panel: HTMLElement): boolean {
  return globalThis.parent === globalThis.window && panel.clientWidth >= document.documentElement.clientWidth;
}

function keepFocus(panel: HTMLElement, event: KeyboardEvent): void {
  const elements = [...panel.querySelectorAll<HTMLElement>(focusable)].filter(
    (element) => element.offsetParent !== null && !element.closest('[inert]'),
  );
  const active = (panel.getRootNode() as ShadowRoot).activeElement;
  const edge = event.shiftKey ? elements[0] : elements.at(-1);
  if (active !== edge) return;
  event.preventDefault();
  (event.shiftKey ? elements.at(-1) : elements[0])?.focus();
}
