/** The visitor's earlier conversations. */
import { useEffect, useState } from 'preact/hooks';
import { Sheet } from '../app/components/Sheet';
import type { ConversationList, ConversationSummary } from '../app/events';
import { words } from '../app/i18n';
import type { SheetProps } from '../app/moduleHost';
import { addSheets } from '../app/styles/sheets';
import { dayOf, fullTime } from '../app/times';
import { extrasStyle } from './style';
import { extraWords } from './words';

const pageSize = 20;

export function HistorySheet({ panel, close }: SheetProps) {
  addSheets(panel.host.shadow, extrasStyle);
  const t = extraWords.value;
  const [items, setItems] = useState<ConversationSummary[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading');

  const load = async (before: string | null): Promise<void> => {
    setState('loading');
    try {
      const query = `limit=${pageSize}${before === null ? '' : `&before=${encodeURIComponent(before)}`}`;
      const list = await panel.get<ConversationList>(`/api/widget/conversations?${query}`);
      setItems((known) => (before === null ? list.items : [...known, ...list.items]));
      setNext(list.next);
      setState('ready');
    } catch {
      setState('failed');
    }
  };
  useEffect(() => void load(null), []);

  return (
    <Sheet
      over={panel.view.value}
      heading={panel.host.mode === 'page' ? 'h1' : 'h2'}
      kind="history"
      label={words.value.earlier}
      close={close}
    >
      <ul class="history-list by-panel">
        {items.map(({ id, title, preview, lastAt }) => (
          <li key={id}>
            <button
              type="button"
              aria-current={id === panel.conversationId || undefined}
              onClick={() => {
                close();
                panel.openConversation(id);
              }}
            >
              <b dir="auto">{title ?? preview}</b>
              <time class="note" dateTime={lastAt} title={fullTime(lastAt)}>
                {dayOf(lastAt)}
              </time>
              {title && preview && (
                <span class="note" dir="auto">
                  {preview}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
      <p role="status" class={state === 'failed' ? 'note error' : 'note'}>
        {state === 'loading' ? t.loading : state === 'failed' ? t.notLoaded : items.length === 0 ? t.noneYet : ''}
      </p>
      {state === 'failed' && (
        <button type="button" class="link" onClick={() => void load(items.length > 0 ? next : null)}>
          {words.value.retry}
        </button>
      )}
      {state === 'ready' && next !== null && (
        <button type="button" class="link" onClick={() => void load(next)}>
          {t.showMore}
        </button>
      )}
    </Sheet>
  );
}
