/** The speech module: what the panel fetches when a visitor wants to listen. */
import { computed, effect, signal } from '@preact/signals';
import type { AssistantItem } from '../app/conversation';
import { locale } from '../app/i18n';
import type { SpeechHost } from '../app/moduleHost';
import { unlockAudio, type Speech } from '../app/speech';
import { addSheets } from '../app/styles/sheets';
import { Bar } from './Bar';
import { Highlighter } from './highlight';
import type { Written } from './model';
import { Player, type Voice } from './player';
import { speechStyle } from './style';
import { speechWords } from './words';

export function openSpeech(panel: SpeechHost): Speech {
  const { shadow } = panel.host;
  addSheets(shadow, speechStyle);
  const listening = signal(false);
  const player = new Player(() => [...(server() ? [byServer] : []), byBrowser], panel.memory.get().rate);
  const highlighter = new Highlighter(shadow);
  /** Answers that are not to be read by themselves, or not again. */
  const known = new Set<string>();

  const server = (): boolean => panel.config.value?.speech?.source === 'server' && 'AudioContext' in window;
  const answer = (messageId: string): AssistantItem | undefined =>
    panel.conversation.value.items.find(
      (item): item is AssistantItem => item.kind === 'assistant' && item.messageId === messageId,
    );
  const byServer: Voice = async (messageId, settings, listener) => {
    const { ServerReading } = await import('./serverVoice');
    const context = unlockAudio();
    const { conversationId } = panel;
    if (!context || !conversationId) throw new Error('There is nothing to read with.');
    const ask = (skip: number, signal: AbortSignal): Promise<Response> =>
      panel.request('/api/widget/speech', { conversationId, messageId, skip }, { accept: 'text/event-stream', signal });
    return new ServerReading(ask, context, settings, listener);
  };
  const byBrowser: Voice = async (messageId, settings, listener, from) => {
    const { BrowserReading } = await import('./browserVoice');
    const written = computed<Written | undefined>(() => {
      const item = answer(messageId);
      return item && { text: item.text, attempt: item.attempt, complete: item.outcome !== undefined };
    });
    const likely = { language: locale.peek(), code: speechWords.peek().code };
    return new BrowserReading(written, settings, likely, listener, from);
  };
  const cancel = (): void => player.stop();

  /** The effect's own changes must not call it again. */
  const each = <T,>(value: () => T, does: (value: T) => void): (() => void) => computed(value).subscribe(does);
  const stops = [
    // Answers that come while the visitor listens are read as they come.
    each(
      () => (listening.value && panel.open.value && !panel.call.value ? panel.conversation.value.items : undefined),
      (items) => {
        const last = items?.findLast((item): item is AssistantItem => item.kind === 'assistant');
        if (!last || known.has(last.messageId)) return;
        known.add(last.messageId);
        if ((last.seq ?? Infinity) <= panel.known.peek()) return;
        panel.dictation.cancel();
        player.read(last.messageId);
      },
    ),
    // Who writes, sends, closes the panel or is called wants to hear no more.
    each(
      () => panel.draft.value,
      (draft) => {
        if (draft !== '') cancel();
      },
    ),
    each(() => panel.conversation.value.items.filter((item) => item.kind === 'visitor').length, cancel),
    each(
      () => panel.open.value && !panel.call.value,
      (here) => {
        if (!here) cancel();
      },
    ),
    // An answer that was stopped, or is not there any more, is not read to its end.
    each(
      () => {
        const { value } = player.messageId;
        return value !== undefined && [undefined, 'stopped'].includes(answer(value)?.outcome ?? 'coming');
      },
      (gone) => {
        if (gone) player.stop();
      },
    ),
    each(
      () => player.rate.value,
      (rate) => panel.memory.set({ rate }),
    ),
    effect(() => {
      const { messageId, sentence, word } = player;
      const [id, place, part] = [messageId.value, sentence.value, word.value];
      const text = id === undefined ? undefined : answer(id)?.text;
      if (id === undefined || text === undefined || !place) {
        highlighter.clear();
        return undefined;
      }
      // When it has been rendered.
      const frame = requestAnimationFrame(() => highlighter.show(id, text, place, part));
      return () => cancelAnimationFrame(frame);
    }),
  ];

  // A page's first press, wherever in the panel, opens the way for sound that was chosen on an earlier page.
  const pressed = (): void => {
    if (listening.value && server()) unlockAudio();
  };
  shadow.addEventListener('click', pressed);
  shadow.addEventListener('keydown', pressed);
  window.addEventListener('pagehide', cancel);

  const listen = async (on: boolean): Promise<void> => {
    player.stop();
    listening.value = on;
    panel.memory.set({ listen: on });
    if (!on || server()) return;
    // Better now than when an answer is there and nothing is heard.
    const { voices } = await import('./browserVoice');
    if ((await voices()).length > 0 || !listening.value) return;
    listening.value = false;
    panel.memory.set({ listen: false });
    player.complain('no_voice');
  };

  return {
    View: () => <Bar player={player} shadow={shadow} />,
    listening,
    reading: player.messageId,
    listen(on) {
      // What is there already was not waited for; what is being written is.
      if (on)
        for (const item of panel.conversation.peek().items)
          if (item.kind === 'assistant' && item.outcome !== undefined) known.add(item.messageId);
      void listen(on);
    },
    read(messageId) {
      const again = player.messageId.peek() !== messageId;
      cancel();
      panel.dictation.cancel();
      if (again) player.read(messageId);
    },
    cancel,
    destroy() {
      cancel();
      for (const stop of stops) stop();
      shadow.removeEventListener('click', pressed);
      shadow.removeEventListener('keydown', pressed);
      window.removeEventListener('pagehide', cancel);
    },
  };
}
