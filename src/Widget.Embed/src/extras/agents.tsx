/** Who answers: the visitor chooses one of the company's agents. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Portrait } from '../app/components/Portrait';
import { Sheet } from '../app/components/Sheet';
import type { Config } from '../app/events';
import { words } from '../app/i18n';
import type { SheetProps } from '../app/moduleHost';
import { addSheets } from '../app/styles/sheets';
import { extrasStyle } from './style';
import { extraWords } from './words';

interface Card {
  /** Null for the company's own assistant. */
  id: string | null;
  name: string;
  description: string | null;
  portrait: string | null;
  tags: string[];
  greeting: string | null;
}

interface CardPage {
  items: Card[];
  next: string | null;
  tags: string[];
}

/** A search begins when the visitor pauses. */
const pause = 250;

export function AgentsSheet({ panel, close }: SheetProps) {
  addSheets(panel.host.shadow, extrasStyle);
  const t = extraWords.value;
  const [search, setSearch] = useState('');
  const [tag, setTag] = useState('');
  const [page, setPage] = useState<CardPage>({ items: [], next: null, tags: [] });
  const [tags, setTags] = useState<string[]>([]);
  const [state, setState] = useState<'loading' | 'ready' | 'failed' | 'notChosen'>('loading');
  /** The last request; answers to earlier ones are dropped. */
  const last = useRef(0);

  const load = async (after: string | null): Promise<void> => {
    const request = ++last.current;
    setState('loading');
    const query = new URLSearchParams({ limit: '24' });
    if (search.trim()) query.set('search', search.trim().slice(0, 200));
    if (tag) query.set('tag', tag);
    if (after !== null) query.set('after', after);
    try {
      const found = await panel.get<CardPage>(`/api/widget/agents?${query.toString()}`);
      if (request !== last.current) return;
      setPage((known) => (after === null ? found : { ...found, items: [...known.items, ...found.items] }));
      if (found.tags.length > 0) setTags(found.tags);
      setState('ready');
    } catch {
      if (request === last.current) setState('failed');
    }
  };
  useEffect(() => {
    const timer = setTimeout(() => void load(null), search ? pause : 0);
    return () => clearTimeout(timer);
  }, [search, tag]);

  const choose = async ({ id }: Card): Promise<void> => {
    try {
      const chosen = await panel.post<Card>(`/api/widget/conversations/${panel.conversationId ?? ''}/agent`, {
        agentId: id,
      });
      const config = panel.config.value;
      if (config) panel.config.value = withAgent(config, chosen, panel.host.api);
      forgetLink(panel.host.mode === 'page');
      close();
    } catch {
      setState('notChosen');
    }
  };

  const current = panel.config.value?.agentId ?? null;
  return (
    <Sheet
      over={panel.view.value}
      heading={panel.host.mode === 'page' ? 'h1' : 'h2'}
      kind="agents-sheet"
      label={words.value.chooseAgent}
      close={close}
    >
      <div class="form-field">
        <input
          type="search"
          aria-label={t.searchAgents}
          placeholder={t.searchAgents}
          maxLength={200}
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      </div>
      {tags.length > 0 && (
        <div class="chips" role="group">
          {['', ...tags].map((name) => (
            <label class="chip" key={name}>
              <input type="radio" name="tag" checked={name === tag} onChange={() => setTag(name)} />
              {name || t.allTopics}
            </label>
          ))}
        </div>
      )}
      <ul class="agent-list by-panel">
        {page.items.map((card) => (
          <li key={card.id ?? ''}>
            <button type="button" aria-current={card.id === current || undefined} onClick={() => void choose(card)}>
              <Portrait config={{ portraitUrl: address(card.portrait, panel.host.api) } as Config} size={44} />
              <span>
                <b dir="auto">{card.name}</b>
                <span class="note" dir="auto">
                  {card.id === current ? t.currentAgent : card.id === null ? t.usualAgent : card.description}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p role="status" class={state === 'failed' || state === 'notChosen' ? 'note error' : 'note'}>
        {state === 'loading'
          ? t.loading
          : state === 'failed'
            ? t.agentsNotLoaded
            : state === 'notChosen'
              ? t.notChosen
              : page.items.length === 0
                ? t.noAgents
                : ''}
      </p>
      {state === 'failed' && (
        <button type="button" class="link" onClick={() => void load(null)}>
          {words.value.retry}
        </button>
      )}
      {state === 'ready' && page.next !== null && (
        <button type="button" class="link" onClick={() => void load(page.next)}>
          {t.showMore}
        </button>
      )}
    </Sheet>
  );
}

/** The portrait's address: it may be a path of the API. */
function address(portrait: string | null, api: string): string | null {
  return portrait?.startsWith('/') ? api + portrait : portrait;
}

/** What the panel shows of an agent. The company's own texts may name another one. */
export function withAgent(config: Config, card: Card, api: string): Config {
  return {
    ...config,
    agentId: card.id,
    agentName: card.name,
    greeting: card.greeting,
    introduction: card.description,
    portraitUrl: address(card.portrait, api),
    translations: Object.fromEntries(
      Object.entries(config.translations ?? {}).map(([language, texts]) => [
        language,
        { ...texts, greeting: null, introduction: null },
      ]),
    ),
  };
}

/** The address of our own page names the agent that the visitor came for. After a reload, that would replace the choice. */
function forgetLink(isOurs: boolean): void {
  const url = new URL(location.href);
  if (!isOurs || !url.searchParams.has('agent')) return;
  url.searchParams.delete('agent');
  history.replaceState(history.state, '', url);
}
