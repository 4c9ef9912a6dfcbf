import { useEffect, useRef, useState } from 'preact/hooks';
import { fill } from '../../app/i18n';
import { newId } from '../../app/ids';
import type { PanelHost } from '../../app/moduleHost';
import { Field } from '../Field';
import { Choices } from './Choices';
import { answerOf, inputOf, optionsOf, problemOf, textOf } from './questions';
import { askBelow, markDone, questionsBelow, sendAnswer } from './qualified';
import { addStyles } from './style';
import { questionWords } from './words';

interface Props {
  panel: PanelHost;
  /** The answer that offers a meeting, a price or a demo. */
  messageId: string;
}

/** The company's questions below an answer, one at a time. Each can be skipped. */
export function Qualification({ panel, messageId }: Props) {
  addStyles(panel.host.shadow);
  const t = questionWords.value;
  const [questions] = useState(() => questionsBelow(panel, messageId));
  const [at, setAt] = useState(0);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const [answered, setAnswered] = useState(false);
  const card = useRef<HTMLFormElement>(null);
  const question = questions[at];
  useEffect(() => {
    if (questions.length > 0) askBelow(panel, messageId);
  }, []);
  // The visitor has gone on to another question.
  useEffect(() => {
    if (at > 0) card.current?.querySelector<HTMLElement>('input, textarea')?.focus();
  }, [at]);
  if (questions.length === 0) return null;
  if (!question)
    return answered ? (
      <p class="note" role="status">
        {t.thanks}
      </p>
    ) : null;

  const go = (to: number): void => {
    const isInside = card.current?.contains((card.current.getRootNode() as ShadowRoot).activeElement);
    setAt(to);
    setText('');
    setProblem(undefined);
    if (to >= questions.length && isInside)
      panel.host.shadow.querySelector<HTMLElement>('.thread')?.focus({ preventScroll: true });
  };
  const options = optionsOf(question);
  const answer = (given: string): void => {
    const found = problemOf({ kind: question.kind, required: true, options }, given);
    setProblem(found);
    if (found) return;
    markDone(panel, [question.key]);
    sendAnswer(panel, newId(), question.key, answerOf(question.kind, given));
    setAnswered(true);
    go(at + 1);
  };
  const skip = (): void => {
    markDone(panel, [question.key]);
    go(at + 1);
  };
  const skipAll = (): void => {
    markDone(
      panel,
      questions.map(({ key }) => key),
    );
    go(questions.length);
  };
  return (
    <form
      class="question-card"
      ref={card}
      noValidate
      aria-label={textOf(question)}
      onSubmit={(event) => {
        event.preventDefault();
        answer(text);
      }}
    >
      <p class="note">
        {t.whyAsk}
        {questions.length > 1 && ` · ${fill(t.step, { n: at + 1, all: questions.length })}`}
      </p>
      {options.length > 0 ? (
        <Choices
          key={question.key}
          label={textOf(question)}
          options={options}
          value={text}
          error={problem}
          onChoose={setText}
        />
      ) : (
        <Field
          key={question.key}
          label={textOf(question)}
          value={text}
          {...inputOf(question.kind)}
          maxLength={1000}
          autocomplete="off"
          error={problem}
          onInput={setText}
        />
      )}
      <div class="buttons">
        <button type="submit" class="primary small" disabled={text.trim() === ''}>
          {t.next}
        </button>
        <button type="button" class="offer" onClick={skip}>
          {t.skip}
        </button>
        {at + 1 < questions.length && (
          <button type="button" class="link" onClick={skipAll}>
            {t.skipAll}
          </button>
        )}
      </div>
    </form>
  );
}
