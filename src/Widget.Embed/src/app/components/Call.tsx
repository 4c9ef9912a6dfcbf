import type { CallItem, SourcesItem, SpokenItem } from '../conversation';
import { duration } from '../duration';
import { fill, words } from '../i18n';
import type { Store } from '../store';
import { Icon } from './Icon';
import { AskContact, Time } from './Messages';
import { Sources } from './Sources';

/** What the visitor or the assistant said in a call. */
export function SpokenLine({ item, store }: { item: SpokenItem; store: Store }) {
  const t = words.value;
  return (
    <div class={`message ${item.speaker} spoken`}>
      {item.speaker === 'visitor' && <span class="hidden">{t.you}: </span>}
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
      <AskContact item={item} store={store} />
    </div>
  );
}

/** The sources that the assistant looked up in a call. */
export function CallSources({ item, store }: { item: SourcesItem; store: Store }) {
  const label = fill(words.value.lookedUp, { agent: store.config.value?.agentName ?? '' });
  return (
    <section class="message assistant looked-up" aria-label={label}>
      <div class="note">{label}</div>
      <Sources text="" citations={item.citations} store={store} />
    </section>
  );
}

/** Says that a call started, or how it ended. */
export function CallEventLine({ item }: { item: CallItem }) {
  return (
    <div class="event" role="status">
      {item.ended ? describeEnd(item.mode, item.ended) : words.value[`callStarted_${item.mode}`]}
    </div>
  );
}

function describeEnd(mode: CallItem['mode'], { reason, seconds }: NonNullable<CallItem['ended']>): string {
  const t = words.value;
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
