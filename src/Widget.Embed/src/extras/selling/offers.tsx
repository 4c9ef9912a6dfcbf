/** What belongs to an answer: the question whether to keep the visitor's address, and one row of what the visitor can do next. */
import { Icon, type IconName } from '../../app/components/Icon';
import type { Offer } from '../../app/events';
import { words } from '../../app/i18n';
import type { OffersProps } from '../../app/moduleHost';
import { offersBelow } from '../../app/offers';
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

export function Offers({ panel, answer, question }: OffersProps) {
  addStyles(panel.host.shadow);
  const asked = panel.contactQuestion.value;
  const contact = asked?.messageId === answer.messageId ? asked : undefined;
  const offers = offersBelow(panel.conversation.value, answer).filter((offer) => !contact || offer !== 'contact');
  return (
    <>
      {contact && <ContactCard panel={panel} question={contact} />}
      {offers.length > 0 && (
        <div class="offers next-steps" role="group" aria-label={sellingWords.value.nextSteps}>
          {choices(offers, panel.config.value?.meetings).map((choice) => (
            <Chip key={choice.offer} choice={choice} panel={panel} answer={answer} question={question} />
          ))}
          {offers.includes('person') && panel.config.value?.contactUrl && (
            <LinkChip icon="out" label={words.value.contact} url={panel.config.value.contactUrl} />
          )}
        </div>
      )}
    </>
  );
}

function Chip({ choice, panel, answer, question }: OffersProps & { choice: Choice }) {
  const label = choice.opens === 'person' ? words.value.person : sellingWords.value[choice.label];
  if (choice.opens === 'link') return <LinkChip icon="calendar" path={icons.booking} label={label} url={choice.url} />;
  return (
    <button
      type="button"
      class={`offer offer-${choice.offer}`}
      onClick={() => {
        if (choice.opens === 'person') panel.openSheet('person');
        else if (choice.opens === 'contact') panel.contactAt.value = answer.messageId;
        else panel.openSheet(choice.opens === 'booking' ? 'booking' : 'person', { label, message: question });
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
