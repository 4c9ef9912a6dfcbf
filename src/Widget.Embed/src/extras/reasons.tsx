/** Asks why an answer did not help, and offers another way. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../app/components/Icon';
import type { AssistantItem } from '../app/conversation';
import type { RatingReason } from '../app/events';
import { words } from '../app/i18n';
import type { ReasonsProps } from '../app/moduleHost';
import { offersBelow } from '../app/offers';
import { addSheets } from '../app/styles/sheets';
import { Field } from './Field';
import { extrasStyle } from './style';
import { extraWords } from './words';

const reasons: RatingReason[] = ['wrong', 'incomplete', 'unclear', 'other'];

export function Reasons({ panel, messageId, question }: ReasonsProps) {
  addSheets(panel.host.shadow, extrasStyle);
  const t = extraWords.value;
  const [reason, setReason] = useState<RatingReason | undefined>();
  const [comment, setComment] = useState('');
  const [sent, setSent] = useState(false);
  const answer = panel.conversation.value.items.find(
    (item): item is AssistantItem => item.kind === 'assistant' && item.messageId === messageId,
  );
  const isPersonOffered = answer && offersBelow(panel.conversation.value, answer).includes('person');
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.scrollIntoView({ block: 'nearest' }), [reason, sent]);

  const send = (): void => {
    if (!reason) return;
    panel.rate(messageId, 'down', reason, comment.trim());
    setSent(true);
  };
  const rephrase = (): void => {
    panel.draft.value = question;
    panel.host.shadow.querySelector<HTMLElement>('.composer textarea')?.focus();
  };
  return (
    <div class="reasons" ref={box}>
      {sent ? (
        <p role="status">{t.thanks}</p>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <fieldset>
            <legend>{t.whyNot}</legend>
            <div class="chips">
              {reasons.map((value) => (
                <label key={value} class="chip">
                  <input
                    type="radio"
                    name={`reason-${messageId}`}
                    checked={reason === value}
                    onChange={() => setReason(value)}
                  />
                  {t[`reason_${value}`]}
                </label>
              ))}
            </div>
          </fieldset>
          {reason && (
            <>
              <Field
                label={t.comment}
                value={comment}
                lines={2}
                maxLength={1000}
                autocomplete="off"
                onInput={setComment}
              />
              <button type="submit" class="primary">
                {words.value.send}
              </button>
            </>
          )}
        </form>
      )}
      <div class="offers">
        {question && (
          <button type="button" class="offer" onClick={rephrase}>
            {t.rephrase}
          </button>
        )}
        {!isPersonOffered && (
          <button type="button" class="offer" onClick={() => panel.openSheet('person')}>
            <Icon name="person" />
            {words.value.person}
          </button>
        )}
      </div>
    </div>
  );
}
