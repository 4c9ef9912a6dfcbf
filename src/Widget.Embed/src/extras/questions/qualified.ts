/** Which of the company's questions the visitor has answered or skipped, and where the others are asked. */
import type { Question } from '../../app/events';
import type { PanelHost } from '../../app/moduleHost';
import { pageAddress } from '../requests';

const path = '/api/widget/conversations/{id}/qualification';

/** After this many answers with questions below them, the visitor is not asked again. */
const MAX_ANSWERS_WITH_QUESTIONS = 3;

/** The questions that are left below an answer. */
export function questionsBelow(panel: PanelHost, messageId: string): Question[] {
  const questions = panel.config.value?.questions ?? [];
  const { messageIds = [], keys = [] } = panel.memory.get().qualified ?? {};
  if (messageIds.length >= MAX_ANSWERS_WITH_QUESTIONS && !messageIds.includes(messageId)) return [];
  return questions.filter(({ key }) => !keys.includes(key));
}

/** The questions are asked below this answer. */
export function askBelow(panel: PanelHost, messageId: string): void {
  const { messageIds = [], keys = [] } = panel.memory.get().qualified ?? {};
  panel.memory.set({ qualified: { messageIds: [...new Set([...messageIds, messageId])], keys } });
}

/** These questions are not asked again. */
export function markDone(panel: PanelHost, answered: readonly string[]): void {
  const { messageIds = [], keys = [] } = panel.memory.get().qualified ?? {};
  panel.memory.set({ qualified: { messageIds, keys: [...new Set([...keys, ...answered])] } });
}

/** Retried until the server has it. */
export function sendAnswer(panel: PanelHost, clientId: string, key: string, answer: string | number | boolean): void {
  const body = { clientId, page: pageAddress(), answers: { [key]: answer } };
  panel.deliver(path, body);
}
