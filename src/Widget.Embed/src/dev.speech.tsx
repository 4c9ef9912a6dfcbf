/** Reading aloud and dictation for the playground: every state, without sound. */
import { signal } from '@preact/signals';
import { Bar as DictationBar } from './dictation/Bar';
import type { DictationTrouble } from './dictation/recognizer';
import { Session, type DictationPhase, type Recipient } from './dictation/session';
import { dictationStyle } from './dictation/style';
import type { Dictation, Speech } from './app/speech';
import type { Store } from './app/store';
import { addSheets } from './app/styles/sheets';
import { Bar } from './speech/Bar';
import { Highlighter } from './speech/highlight';
import type { Phase, TextRange, VoiceTrouble } from './speech/model';
import { Player } from './speech/player';
import { speechStyle } from './speech/style';

export interface PlayedSpeech {
  listening?: boolean;
  phase?: Phase;
  sentence?: TextRange;
  word?: TextRange;
  muted?: boolean;
  trouble?: VoiceTrouble;
  /** As in a browser without the highlight API. */
  marked?: boolean;
}

export interface PlayedDictation {
  phase?: DictationPhase;
  recipient?: Recipient;
  trouble?: DictationTrouble;
}

const nothing = (): void => undefined;

export function playSpeech(store: Store, played: PlayedSpeech): Speech {
  const { shadow } = store.host;
  addSheets(shadow, speechStyle);
  const player = new Player(() => []);
  player.phase.value = played.phase ?? 'idle';
  player.trouble.value = played.trouble;
  player.muted.value = played.muted ?? false;
  const answer = store.conversation.value.items.find((item) => item.kind === 'assistant');
  if (answer && played.phase) player.messageId.value = answer.messageId;
  if (answer && played.sentence)
    setTimeout(() => {
      if (played.marked) Reflect.deleteProperty(CSS, 'highlights');
      new Highlighter(shadow).show(answer.messageId, answer.text, played.sentence, played.word);
    }, 100);
  return {
    View: () => <Bar player={player} shadow={shadow} />,
    listening: signal(played.listening ?? false),
    reading: player.messageId,
    listen: nothing,
    read: nothing,
    cancel: nothing,
    destroy: nothing,
  };
}

export function playDictation(store: Store, played: PlayedDictation): Dictation {
  addSheets(store.host.shadow, dictationStyle);
  const session = new Session(store);
  session.phase.value = played.phase ?? 'idle';
  session.recipient.value = played.recipient ?? 'browser';
  session.trouble.value = played.trouble;
  return {
    View: () => <DictationBar session={session} />,
    active: signal(session.phase.value !== 'idle'),
    hearing: signal(session.phase.value === 'hearing'),
    toggle: nothing,
    cancel: nothing,
    destroy: nothing,
  };
}
