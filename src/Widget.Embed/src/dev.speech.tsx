/** Reading aloud and dictation for the playground: every state, without sound. */
import { signal } from '@preact/signals';
import { Bar as DictationBar } from './dictation/Bar';
import type { DictationError } from './dictation/recognizer';
import { DictationSession, type DictationPhase, type Recipient } from './dictation/session';
import { dictationStyle } from './dictation/style';
import type { Dictation, Speech } from './app/speech';
import type { Store } from './app/store';
import { addSheets } from './app/styles/sheets';
import { Bar } from './speech/Bar';
import { Highlighter } from './speech/highlight';
import type { Phase, TextRange, SpeechError } from './speech/model';
import { Player } from './speech/player';
import { speechStyle } from './speech/style';

export interface SpeechState {
  listening?: boolean;
  phase?: Phase;
  sentence?: TextRange;
  word?: TextRange;
  muted?: boolean;
  error?: SpeechError;
  /** As in a browser without the highlight API. */
  marked?: boolean;
}

export interface DictationState {
  phase?: DictationPhase;
  recipient?: Recipient;
  error?: DictationError;
}

const noop = (): void => undefined;

export function fakeSpeech(store: Store, state: SpeechState): Speech {
  const { shadow } = store.host;
  addSheets(shadow, speechStyle);
  const player = new Player(() => []);
  player.phase.value = state.phase ?? 'idle';
  player.error.value = state.error;
  player.muted.value = state.muted ?? false;
  const answer = store.conversation.value.items.find((item) => item.kind === 'assistant');
  if (answer && state.phase) player.messageId.value = answer.messageId;
  if (answer && state.sentence)
    setTimeout(() => {
      if (state.marked) Reflect.deleteProperty(CSS, 'highlights');
      new Highlighter(shadow).show(answer.messageId, answer.text, state.sentence, state.word);
    }, 100);
  return {
    View: () => <Bar player={player} shadow={shadow} />,
    listening: signal(state.listening ?? false),
    reading: player.messageId,
    listen: noop,
    read: noop,
    stopListening: noop,
    cancel: noop,
    destroy: noop,
  };
}

export function fakeDictation(store: Store, state: DictationState): Dictation {
  addSheets(store.host.shadow, dictationStyle);
  const session = new DictationSession(store);
  session.phase.value = state.phase ?? 'idle';
  session.recipient.value = state.recipient ?? 'browser';
  session.error.value = state.error;
  return {
    View: () => <DictationBar session={session} />,
    active: signal(session.phase.value !== 'idle'),
    hearing: signal(session.phase.value === 'hearing'),
    toggle: noop,
    cancel: noop,
    destroy: noop,
  };
}
