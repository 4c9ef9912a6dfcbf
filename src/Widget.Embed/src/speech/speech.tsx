/** The speech module, which the panel loads when a visitor wants to listen. */
import { computed, effect, signal } from '@preact/signals';
import type { AssistantItem, Item } from '../app/conversation';
import { locale } from '../app/i18n';
import type { SpeechHost } from '../app/moduleHost';
import { unlockAudio, type Speech } from '../app/speech';
import { addSheets } from '../app/styles/sheets';
import { Bar } from './Bar';
import { Highlighter } from './highlight';
import type { WrittenAnswer } from './model';
import { Player, type Voice } from './player';
import { speechStyle } from './style';
import { speechWords } from './words';

export function openSpeech(panel: SpeechHost): Speech {
  const { shadow } = panel.host;
  addSheets(shadow, speechStyle);
  const listening = signal(false);
  const player = new Player(() => [...(hasServerVoice() ? [serverVoice] : []), browserVoice], panel.memory.get().rate);
  const highlighter = new Highlighter(shadow);
  /** Answers that were read before or are not to be read automatically. */
  const handled = new Set<string>();

  const hasServerVoice = (): boolean => panel.config.value?.speech?.source === 'server' && 'AudioContext' in window;
  /** Messages of people that come while another one is being read. */
  let waiting: string[] = [];
  /** Something that can be read: an answer, or the message of a person. */
  const written = (messageId: string): (WrittenAnswer & { isStopped?: boolean }) | undefined => {
    for (const item of panel.conversation.value.items) {
      if (item.kind === 'assistant' && item.messageId === messageId) {
        const { text, attempt, outcome } = item;
        return { text, attempt, complete: outcome !== undefined, isStopped: outcome === 'stopped' };
      }
      if (personMessage(item) === messageId && item.kind === 'people')
        return { text: item.text ?? '', attempt: 1, complete: true };
    }
    return undefined;
  };
  const serverVoice: Voice = async (messageId, settings, listener) => {
    const { ServerReading } = await import('./serverVoice');
    const context = unlockAudio();
    const { conversationId } = panel;
    if (!context || !conversationId) throw new Error('The server voice is not available.');
    const ask = (skip: number, signal: AbortSignal): Promise<Response> =>
      panel.request('/api/widget/speech', { conversationId, messageId, skip }, { accept: 'text/event-stream', signal });
    return new ServerReading(ask, context, settings, listener);
  };
  const browserVoice: Voice = async (messageId, settings, listener, from) => {
    const { BrowserReading } = await import('./browserVoice');
    const defaults = { language: locale.peek(), code: speechWords.peek().codeBlock };
    return new BrowserReading(
      computed(() => written(messageId)),
      settings,
      defaults,
      listener,
      from,
    );
  };
  const cancel = (): void => {
    waiting = [];
    player.stop();
  };

  const readNow = (messageId: string): void => {
    panel.dictation.cancel();
    player.read(messageId);
  };

  /** Runs an action for each new value. Unlike an effect, it does not depend on what the action reads. */
  const onChange = <T,>(value: () => T, action: (value: T) => void): (() => void) => computed(value).subscribe(action);
  const subscriptions = [
    // While the visitor listens, new answers are read as they are written.
    onChange(
      () => (listening.value && panel.open.value && !panel.call.value ? panel.conversation.value.items : undefined),
      (items) => {
        const last = items?.findLast((item): item is AssistantItem => item.kind === 'assistant');
        if (last && !handled.has(last.messageId)) {
          handled.add(last.messageId);
          if ((last.seq ?? Infinity) > panel.lastKnownSeq.peek()) readNow(last.messageId);
        }
        // People may write several messages in a row. None interrupts the one before.
        for (const item of items ?? []) {
          const id = personMessage(item);
          if (id === undefined || handled.has(id)) continue;
          handled.add(id);
          if ((item.seq ?? 0) <= panel.lastKnownSeq.peek()) continue;
          if (player.messageId.peek() === undefined) readNow(id);
          else waiting.push(id);
        }
      },
    ),
    onChange(
      () => player.messageId.value,
      (current) => {
        const next = current === undefined ? waiting.shift() : undefined;
        // Once the player has come to rest.
        if (next !== undefined) queueMicrotask(() => readNow(next));
      },
    ),
    // Typing, sending, closing the panel or a call stops the reading.
    onChange(
      () => panel.draft.value,
      (draft) => {
        if (draft !== '') cancel();
      },
    ),
    onChange(() => panel.conversation.value.items.filter((item) => item.kind === 'visitor').length, cancel),
    onChange(
      () => panel.open.value && !panel.call.value,
      (isVisible) => {
        if (!isVisible) cancel();
      },
    ),
    // Stops reading an answer when the visitor stops it or it is removed.
    onChange(
      () => {
        const { value } = player.messageId;
        const item = value === undefined ? undefined : written(value);
        return value !== undefined && (!item || !!item.isStopped);
      },
      (isGone) => {
        if (isGone) player.stop();
      },
    ),
    onChange(
      () => player.rate.value,
      (rate) => panel.memory.set({ rate }),
    ),
    effect(() => {
      const { messageId, sentence, word } = player;
      const [id, place, part] = [messageId.value, sentence.value, word.value];
      const text = id === undefined ? undefined : written(id)?.text;
      if (id === undefined || text === undefined || !place) {
        highlighter.clear();
        return undefined;
      }
      // Waits until the thread has rendered the text.
      const frame = requestAnimationFrame(() => highlighter.show(id, text, place, part));
      return () => cancelAnimationFrame(frame);
    }),
  ];

  // After a page change, browsers allow sound only after the first click or key, so it is unlocked then.
  const interacted = (): void => {
    if (listening.value && hasServerVoice()) unlockAudio();
  };
  shadow.addEventListener('click', interacted);
  shadow.addEventListener('keydown', interacted);
  window.addEventListener('pagehide', cancel);

  const listen = async (on: boolean): Promise<void> => {
    cancel();
    listening.value = on;
    panel.memory.set({ listen: on });
    if (!on || hasServerVoice()) return;
    // Reports a missing voice now instead of at the first answer.
    const { voices } = await import('./browserVoice');
    if ((await voices()).length > 0 || !listening.value) return;
    listening.value = false;
    panel.memory.set({ listen: false });
    player.fail('no_voice');
  };

  return {
    View: () => <Bar player={player} shadow={shadow} />,
    listening,
    reading: player.messageId,
    listen(on) {
      // Answers that are already complete are not read. An answer that is still being written is read.
      if (on)
        for (const item of panel.conversation.peek().items)
          if (item.kind === 'assistant' && item.outcome !== undefined) handled.add(item.messageId);
          else handled.add(personMessage(item) ?? '');
      void listen(on);
    },
    stopListening() {
      cancel();
      listening.value = false;
    },
    read(messageId) {
      const isOther = player.messageId.peek() !== messageId;
      cancel();
      panel.dictation.cancel();
      if (isOther) player.read(messageId);
    },
    cancel,
    destroy() {
      cancel();
      for (const unsubscribe of subscriptions) unsubscribe();
      shadow.removeEventListener('click', interacted);
      shadow.removeEventListener('keydown', interacted);
      window.removeEventListener('pagehide', cancel);
    },
  };
}

/** The id of a person's message; undefined for everything else. */
function personMessage(item: Item): string | undefined {
  return item.kind === 'people' && item.event.kind === 'person_message' ? item.event.messageId : undefined;
}
