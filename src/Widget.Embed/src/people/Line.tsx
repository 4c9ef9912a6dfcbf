import { Time } from '../app/components/Messages';
import type { PersonMessage } from '../app/events';
import { fill, isolate } from '../app/i18n';
import type { PeopleProps } from '../app/moduleHost';
import { Files } from './Files';
import { Initials } from './Initials';
import { withLinks } from './links';
import { addStyles } from './style';
import { peopleWords } from './words';

/** A message of a person, or a line that says who has joined or left. */
export function People({ panel, item }: PeopleProps) {
  addStyles(panel.host.shadow);
  const t = peopleWords.value;
  const { event } = item;
  switch (event.kind) {
    case 'person_message':
      return <Message panel={panel} item={item} event={event} />;
    case 'person_joined':
      return (
        <div class="event" role="status">
          <Initials name={event.name} size={24} />
          <span>{fill(t.joined, { name: isolate(event.name) })}</span>
        </div>
      );
    case 'person_left':
      return (
        <div class="event" role="status">
          {event.name
            ? fill(t[`left_${event.reason}`], { name: isolate(event.name) })
            : t[`leftUnnamed_${event.reason}`]}
        </div>
      );
    case 'assistant_chosen':
      return (
        <div class="event" role="status">
          {t.chosen}
        </div>
      );
  }
}

function Message({ panel, item, event }: PeopleProps & { event: PersonMessage }) {
  const { items } = panel.conversation.value;
  const before = items[items.indexOf(item) - 1];
  // Named once for several messages in a row.
  const goesOn =
    before?.kind === 'people' && before.event.kind === 'person_message' && before.event.repId === event.repId;
  return (
    <div class={`message assistant from-person ${goesOn ? 'goes-on' : ''}`} data-message={event.messageId}>
      {!goesOn && (
        <div class="from">
          <Initials name={event.name} size={24} />
          <bdi translate={false}>{event.name}</bdi>
        </div>
      )}
      {goesOn && <span class="hidden">{event.name}: </span>}
      {event.text && (
        <div class="bubble" dir="auto">
          <p>
            {withLinks(event.text).map(({ text, href }) =>
              href ? (
                <a href={href} target="_blank" rel="noopener noreferrer nofollow">
                  {text}
                </a>
              ) : (
                text
              ),
            )}
          </p>
        </div>
      )}
      {!!event.attachments?.length && <Files panel={panel} files={event.attachments} />}
      <div class="meta">
        <Time at={item.at} />
      </div>
    </div>
  );
}
