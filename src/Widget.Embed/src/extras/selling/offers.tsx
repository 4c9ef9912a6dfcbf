/** What belongs to an answer: the question whether to keep the visitor's address, and one row of what the visitor can do next. */
import { useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from '../../app/components/Icon';
import type { Offer } from '../../app/events';
import { words } from '../../app/i18n';
import type { OffersProps } from '../../app/moduleHost';
import { offersBelow } from '../../app/offers';
import { newId } from '../../app/ids';
import { Qualification } from '../questions/Qualification';
import { ContactCard } from './ContactCard';
import { choices, type Choice } from './choices';
import * as paths from './icons';
import { addStyles } from './style';
import { sellingWords } from './words';

const icons: Record<Exclude<Offer, 'person' | 'contact'>, string> = {
  booking: paths.calendar,
  demo: paths.play,
  pricing: paths.price,
};

export { ContactCard };

export function Offers({ panel, answer, question }: OffersProps) {
  addStyles(panel.host.shadow);
  const asked = panel.contactQuestion.value;
  const contact = asked?.seq === answer.seq ? asked : undefined;
  const offers = offersBelow(panel.conversation.value, answer).filter((offer) =>
    // The visitor waits for a person, or talks to one, already.
    offer === 'person' ? !panel.turn.value : offer !== 'contact' || !contact,
  );
  return (
    <>
      {contact && <ContactCard panel={panel} question={contact} />}
      {offers.length > 0 && (
        <div class="offers next-steps" role="group" aria-label={sellingWords.value.nextSteps}>
          {choices(offers, panel.config.value ?? {}).map((choice) => (
            <Chip key={choice.offer} choice={choice} panel={panel} answer={answer} question={question} />
          ))}
          {offers.includes('person') && panel.config.value?.contactUrl && (
            <LinkChip icon="out" label={words.value.contact} url={panel.config.value.contactUrl} />
          )}
        </div>
      )}
      {!contact && offers.some((offer) => offer === 'booking' || offer === 'pricing' || offer === 'demo') && (
        <Qualification panel={panel} messageId={answer.messageId} />
      )}
    </>
  );
}

function Chip({ choice, panel, answer, question }: OffersProps & { choice: Choice }) {
  const [asking, setAsking] = useState(false);
  // A second press shows nothing twice.
  const clientId = useRef(newId());
  const label = choice.opens === 'person' ? words.value.person : sellingWords.value[choice.label];
  const open = (): void =>
    panel.openSheet(choice.opens === 'booking' ? 'booking' : 'person', {
      label: choice.opens === 'request' && choice.asks === 'prices' ? sellingWords.value.askQuote : label,
      message: question,
    });
  /** What is shown comes as an event of the conversation. */
  const show = async (path: string, otherwise: () => void): Promise<void> => {
    if (asking) return;
    setAsking(true);
    try {
      await panel.post(`/api/widget/conversations/{id}/${path}`, { clientId: clientId.current });
    } catch {
      // There is none, or it cannot be shown now.
      otherwise();
    }
    setAsking(false);
  };
  if (choice.opens === 'link') return <LinkChip icon="calendar" path={icons.booking} label={label} url={choice.url} />;
  return (
    <button
      type="button"
      class={`offer offer-${choice.offer}`}
      aria-busy={asking}
      onClick={() => {
        if (choice.opens === 'person') panel.openSheet('person');
        else if (choice.opens === 'contact') panel.contactAt.value = answer.seq;
        else if (choice.asks) void show(choice.asks, open);
        else open();
      }}
    >
      {choice.offer === 'person' ? (
        <Icon name="person" />
      ) : choice.offer === 'contact' ? (
        <Icon name="mail" />
      ) : (
        <Icon name={choice.offer} path={icons[choice.offer]} />
      )}
      {label}
    </button>
  );
}

function LinkChip({ icon, path, label, url }: { icon: string; path?: string; label: string; url: string }) {
  return (
    <a class="offer" href={url} target="_blank" rel="noopener noreferrer">
      {path ? <Icon name={icon} path={path} /> : <Icon name={icon as IconName} />}
      {label}
    </a>
  );
}
