import { useLayoutEffect, useRef } from 'preact/hooks';
import { fill, words } from '../i18n';
import { safeUrl } from '../markdown/links';
import type { Store } from '../store';
import { Icon } from './Icon';

/** Shows the passage behind a citation, on top of the conversation. */
export function SourceSheet({ store }: { store: Store }) {
  const t = words.value;
  const source = store.source.value;
  const back = useRef<HTMLButtonElement>(null);
  // Moves the focus into the sheet and, when it closes, back to the element that opened it.
  useLayoutEffect(() => {
    if (!source) return undefined;
    const opener = (back.current?.getRootNode() as ShadowRoot | undefined)?.activeElement;
    back.current?.focus();
    return () => (opener as HTMLElement | null | undefined)?.focus();
  }, [source]);
  if (!source) return null;

  const href = source.url ? safeUrl(source.url) : undefined;
  // The same heading level as the agent's name, which the sheet covers.
  const Title = store.host.mode === 'page' ? 'h1' : 'h2';
  const path = source.headings.filter((heading) => heading !== source.title);
  const close = (): void => {
    store.source.value = undefined;
  };
  return (
    <section
      class="source"
      aria-label={fill(t.source, { n: source.number })}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
    >
      <div class="source-head">
        <button type="button" class="tool" ref={back} aria-label={t.back} title={t.back} onClick={close}>
          <Icon name="back" />
        </button>
        <span>{fill(t.source, { n: source.number })}</span>
      </div>
      <div class="source-body" tabIndex={0}>
        <Title dir="auto">{source.title}</Title>
        {(path.length > 0 || source.page !== null) && (
          <p class="where" dir="auto">
            {[...path, ...(source.page === null ? [] : [fill(t.page, { n: source.page })])].join(' › ')}
          </p>
        )}
        {source.removed && <p role="note">{t.sourceRemoved}</p>}
        <blockquote dir="auto">{source.text}</blockquote>
        {href && !source.removed && (
          <a class="offer" href={href} target="_blank" rel="noopener noreferrer">
            <Icon name="page" />
            {t.openSource}
          </a>
        )}
      </div>
    </section>
  );
}
