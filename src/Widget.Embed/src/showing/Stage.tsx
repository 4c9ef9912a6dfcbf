import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../app/components/Icon';
import { fill } from '../app/i18n';
import type { StageProps } from '../app/moduleHost';
import { fold } from './icons';
import { Media } from './Media';
import { addressOf, sourceOf } from './source';
import { addStyles } from './style';
import { showingWords } from './words';

/** A demo: beside the thread in a wide panel, above it in a narrow one. */
export function Stage({ panel, demo, close }: StageProps) {
  addStyles(panel.host.shadow);
  const t = showingWords.value;
  const [small, setSmall] = useState(false);
  const stage = useRef<HTMLElement>(null);
  useFocusReturn(stage);
  const { api } = panel.host;
  const address = addressOf(demo, api);
  const label = small ? t.restore : t.minimise;
  return (
    <section class={`demo-stage ${small ? 'small' : ''}`} ref={stage} aria-label={`${t.demo}: ${demo.title}`}>
      <div class="demo-head">
        <h3 class="by-panel" dir="auto">
          {demo.title}
        </h3>
        {address && (
          <a class="tool" href={address} target="_blank" rel="noopener noreferrer" aria-label={t.open} title={t.open}>
            <Icon name="out" />
          </a>
        )}
        <button
          type="button"
          class="tool fold"
          aria-label={label}
          title={label}
          aria-expanded={!small}
          onClick={() => setSmall(!small)}
        >
          <Icon name="fold" path={fold} />
        </button>
        <button type="button" class="tool close-demo" aria-label={t.closeDemo} title={t.closeDemo} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {/* Kept while it is folded: a video goes on. */}
      <div class="demo-body" hidden={small}>
        <Media
          demo={demo}
          source={sourceOf(demo, api, location.origin, navigator.pdfViewerEnabled)}
          address={address}
        />
        {demo.description && (
          <p class="about" dir="auto">
            {demo.description}
          </p>
        )}
      </div>
      <span class="hidden" role="status">
        {fill(t.nowShowing, { title: demo.title })}
      </span>
    </section>
  );
}

/** If the visitor has opened the stage with a button, the button gets the focus back. Who types goes on typing. */
function useFocusReturn(stage: { current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const { current } = stage;
    const root = current?.getRootNode() as ShadowRoot;
    const opener = root.activeElement as HTMLElement | null;
    if (opener?.matches('.demo-card button, .offer')) current?.querySelector<HTMLElement>('.close-demo')?.focus();
    return () => {
      const { activeElement } = root;
      // A frame keeps the focus for itself.
      if (!current?.contains(activeElement)) return;
      queueMicrotask(() => {
        const target = opener?.isConnected ? opener : root.querySelector<HTMLElement>('.thread');
        target?.focus({ preventScroll: true });
      });
    };
  }, []);
}
