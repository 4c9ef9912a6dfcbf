import { useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../app/components/Icon';
import { fill, isolate, words } from '../app/i18n';
import type { PanelProps } from '../app/moduleHost';
import { attend, type Attendance } from './attendance';
import { Initials } from './Initials';
import { addStyles } from './style';
import { peopleWords } from './words';

/** The end of the thread while the visitor waits for a person or talks to one. */
export function Presence({ panel }: PanelProps) {
  addStyles(panel.host.shadow);
  const isVisible = useSignal(document.visibilityState === 'visible');
  const [attendance, setAttendance] = useState<Attendance>();
  useEffect(() => {
    const changed = (): void => {
      isVisible.value = document.visibilityState === 'visible';
    };
    document.addEventListener('visibilitychange', changed);
    const started = attend(panel, isVisible);
    setAttendance(started);
    return () => {
      document.removeEventListener('visibilitychange', changed);
      started.stop();
    };
  }, []);
  const turn = panel.turn.value;
  if (!turn) return null;
  const typing = turn.name ? attendance?.typing.value : undefined;
  return (
    <>
      {!turn.name && <Waiting panel={panel} />}
      {typing && (
        <div class="message assistant from-person">
          <div class="from">
            <Initials name={typing} size={24} />
            <span>{fill(words.value.isTyping, { agent: isolate(typing) })}</span>
          </div>
          <div class="bubble typing" aria-hidden="true">
            <i />
            <i />
            <i />
          </div>
        </div>
      )}
      <Announcer panel={panel} typing={typing} />
    </>
  );
}

/** The place in the queue, and another way on. */
function Waiting({ panel }: PanelProps) {
  const t = peopleWords.value;
  const { position } = panel.presence.value;
  const asked = panel.conversation.value.items.findLast((item) => item.kind === 'person');
  // Outside office hours, and with nobody there, the queue does not move.
  const isAway = asked?.availability?.open === false && !asked.present;
  const state = isAway ? t.later : t.waiting;
  return (
    <section class="waiting" aria-label={state}>
      <p role="status">
        <b>{state}</b>
        {!!position && !isAway && <span>{position === 1 ? t.next : fill(t.place, { n: position })}</span>}
      </p>
      <button type="button" class="offer" onClick={() => panel.chooseAssistant()}>
        <Icon name="chat" />
        {t.continue}
      </button>
    </section>
  );
}

/** Tells screen readers that a person types, and what they have written. */
function Announcer({ panel, typing }: PanelProps & { typing: string | undefined }) {
  const t = peopleWords.value;
  const last = panel.conversation.value.items.findLast((item) => item.kind === 'people');
  const event = last && last.seq > panel.lastKnownSeq.value ? last.event : undefined;
  const name = typing ?? (event?.kind === 'person_message' ? event.name : '');
  const text = event?.kind === 'person_message' ? event.text : '';
  return (
    <div class="hidden" role="status" aria-live="polite">
      {typing
        ? fill(words.value.isTyping, { agent: isolate(typing) })
        : name && (text ? fill(t.wrote, { name: isolate(name), text }) : fill(t.sentFile, { name: isolate(name) }))}
    </div>
  );
}
