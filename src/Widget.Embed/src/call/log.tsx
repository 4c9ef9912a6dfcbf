/** What a call leaves in the conversation: what was said, what was looked up, and that the call started or ended. */
import type { ComponentChildren } from 'preact';
import { Icon } from '../app/components/Icon';
import { Time } from '../app/components/Messages';
import { Sources } from '../app/components/Sources';
import type { CallItem, SourcesItem, SpokenItem } from '../app/conversation';
import { duration } from '../app/duration';
import { fill, moduleWords, words } from '../app/i18n';
import type { CallLogProps, PanelHost } from '../app/moduleHost';
import en from './locales/log-en.json';

const logWords = moduleWords(en, {
  de: () => import('./locales/log-de.json'),
  es: () => import('./locales/log-es.json'),
  ar: () => import('./locales/log-ar.json'),
});

export function CallLog({ panel, item, children }: CallLogProps) {
  switch (item.kind) {
    case 'spoken':
      return <SpokenLine item={item}>{children}</SpokenLine>;
    case 'sources':
      return <CallSources item={item} panel={panel} />;
    case 'call':
      return <CallEventLine item={item} />;
  }
}

/** What the visitor or the assistant said in a call. */
function SpokenLine({ item, children }: { item: SpokenItem; children: ComponentChildren }) {
  const t = logWords.value;
  return (
    <div class={`message ${item.speaker} spoken`}>
      {item.speaker === 'visitor' && <span class="hidden">{words.value.you}: </span>}
      <div class="bubble" dir="auto">
        {item.text}
      </div>
      <div class="note">
        {!item.typed && (
          <>
            <Icon name="voice" />
            {t.spoken}
            {item.interrupted && ` · ${t.interrupted}`}
            {item.reported && item.speaker === 'assistant' && ` · ${t.unconfirmed}`}
            {item.at && ' · '}
          </>
        )}
        <Time at={item.at} />
      </div>
      {children}
    </div>
  );
}

/** The sources that the assistant looked up in a call. */
function CallSources({ item, panel }: { item: SourcesItem; panel: PanelHost }) {
  const label = fill(logWords.value.lookedUp, { agent: panel.config.value?.agentName ?? '' });
  return (
    <section class="message assistant looked-up" aria-label={label}>
      <div class="note">{label}</div>
      <Sources text="" citations={item.citations} store={panel} />
    </section>
  );
}

/** Says that a call started, or how it ended. */
function CallEventLine({ item }: { item: CallItem }) {
  return (
    <div class="event" role="status">
      {item.ended ? describeEnd(item.mode, item.ended) : logWords.value[`callStarted_${item.mode}`]}
    </div>
  );
}

function describeEnd(mode: CallItem['mode'], { reason, seconds }: NonNullable<CallItem['ended']>): string {
  const t = logWords.value;
  const line = seconds > 0 ? fill(t[`callEnded_${mode}`], { time: duration(seconds) }) : t[`callFailed_${mode}`];
  if (reason === 'visitor') return line;
  const reasons: Partial<Record<string, string>> = {
    time_limit: t.ended_time_limit,
    left: t.ended_left,
    no_replica: t.ended_no_replica,
    failed: t.ended_failed,
  };
  return `${line}: ${reasons[reason] ?? t.ended_other}`;
}
