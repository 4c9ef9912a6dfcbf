import { lastMessage } from '../conversation';
import { words } from '../i18n';
import { withoutMarkup } from '../markdown/plain';
import type { Store } from '../store';
import { companyTexts } from '../texts';
import { availabilityText, isOpen, dayOf } from '../times';
import { Icon } from './Icon';
import { Portrait } from './Portrait';
import { Ways } from './Ways';

/** Says hello: who answers, what it can do, and how to begin. */
export function Home({ store }: { store: Store }) {
  const t = words.value;
  const config = store.config.value;
  if (!config) return null;
  const { greeting, introduction, suggestions } = companyTexts(config);
  const page = store.host.mode === 'page';
  const Title = page ? 'h1' : 'h2';
  return (
    <div class="home" tabIndex={-1}>
      <div class="hero">
        <div class="agent">
          <Portrait config={config} size={56} />
          <span>
            <Title>
              <bdi translate={false}>{config.agentName}</bdi>
            </Title>
            <span class="ai">{t.aiAssistant}</span>
          </span>
        </div>
        <p class="greeting" dir="auto">
          {greeting}
        </p>
        <p dir="auto">{introduction}</p>
      </div>
      <div class="cards">
        <Continue store={store} />
        <Ways store={store} />
        {suggestions.length > 0 && (
          <ul class="suggestions" aria-label={t.suggestions}>
            {suggestions.slice(0, 4).map((question) => (
              <li key={question}>
                <button type="button" dir="auto" onClick={() => store.ask(question)}>
                  <span>{question}</span>
                  <Icon name="next" />
                </button>
              </li>
            ))}
          </ul>
        )}
        <section class="team" aria-label={t.person}>
          {config.availability && (
            <p class="hours" data-open={isOpen(config.availability)}>
              {availabilityText(config.availability)}
            </p>
          )}
          <div class="links">
            <button type="button" class="link" onClick={() => store.openSheet('person')}>
              <Icon name="person" />
              {t.person}
            </button>
            {store.knownVisitor && (
              <button type="button" class="link" onClick={() => (store.sheet.value = 'history')}>
                <Icon name="history" />
                {t.earlier}
              </button>
            )}
          </div>
        </section>
      </div>
    </div>
  );
}

/** The conversation that is open, if something has been said in it. */
function Continue({ store }: { store: Store }) {
  const { items } = store.conversation.value;
  const last = lastMessage(store.conversation.value);
  if (items.length === 0) return null;
  const at = items.findLast((item) => item.at)?.at;
  return (
    <button type="button" class="continue" onClick={() => store.show('thread', '.thread')}>
      <Portrait config={store.config.value} size={36} />
      <span>
        <b>{words.value.continue}</b>
        {last && (
          <span class="note" dir="auto">
            {withoutMarkup(last.text).slice(0, 120)}
          </span>
        )}
      </span>
      {at && <time class="note">{dayOf(at)}</time>}
    </button>
  );
}
