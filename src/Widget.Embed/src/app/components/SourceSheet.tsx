import { fill, words } from '../i18n';
import { safeUrl } from '../markdown/links';
import type { Store } from '../store';
import { Icon } from './Icon';
import { Sheet } from './Sheet';

/** Shows the passage behind a citation, on top of the conversation. */
export function SourceSheet({ store }: { store: Store }) {
  const t = words.value;
  const source = store.source.value;
  if (!source) return null;

  const href = source.url ? safeUrl(source.url) : undefined;
  // The same heading level as the agent's name, which the sheet covers.
  const Title = store.host.mode === 'page' ? 'h1' : 'h2';
  const path = source.headings.filter((heading) => heading !== source.title);
  const where = [...path, ...(source.page === null ? [] : [fill(t.page, { n: source.page })])];
  const close = (): void => {
    store.source.value = undefined;
  };
  return (
    <Sheet over="thread" kind="source" label={fill(t.source, { n: source.number })} close={close}>
      <Title dir="auto">{source.title}</Title>
      {where.length > 0 && (
        <p class="where" dir="auto">
          {where.join(' › ')}
        </p>
      )}
      {source.removed && <p role="note">{t.sourceRemoved}</p>}
      <blockquote dir="auto" tabIndex={0}>
        {source.text}
      </blockquote>
      {href && !source.removed && (
        <a class="offer" href={href} target="_blank" rel="noopener noreferrer">
          <Icon name="out" />
          {t.openSource}
          <span class="note">
            <bdi translate={false}>{new URL(href).hostname}</bdi>
          </span>
        </a>
      )}
    </Sheet>
  );
}
