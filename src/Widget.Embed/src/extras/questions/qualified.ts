/** Which of the company's questions the visitor has answered or skipped, and where the others are asked. */
import type { Question } from '../../app/events';
import type { PanelHost } from '../../app/moduleHost';
import { pageAddress } from '../requests';

const path = '/api/widget/conversations/{id}/qualification';

/** The questions that are left below an answer. They are asked below one answer only, each at most once. */
export function questionsBelow(panel: PanelHost, messageId: string): Question[] {
  const questions = panel.config.value?.questions ?? [];
  const known = panel.memory.get().qualified;
  // The answers before the first message belong to no answer.
  if (known?.messageId && known.messageId !== messageId) return [];
  return questions.filter(({ key }) => !known?.keys.includes(key));
}

/** The questions are asked below this answer, and below no other. */
export function askBelow(panel: PanelHost, messageId: string): void {
  const keys = panel.memory.get().qualified?.keys ?? [];
  panel.memory.set({ qualified: { messageId, keys } });
}

/** These questions are not asked again. */
export function markAnswered(panel: PanelHost, answered: readonly string[]): void {
  const { messageId = '', keys = [] } = panel.memory.get().qualified ?? {};
  panel.memory.set({ qualified: { messageId, keys: [...new Set([...keys, ...answered])] } });
}

/** Sent until it arrives. */
export function sendAnswer(panel: PanelHost, clientId: string, key: string, answer: string | number | boolean): void {
  const body = { clientId, page: pageAddress(), answers: { [key]: answer } };
  panel.deliver(path, body);
}
