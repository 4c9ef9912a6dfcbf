// @ts-check
import { GENERIC } from '../control/script.mjs';

/**
 * @typedef {{ calls: { name: string, arguments: string }[] } | { text: string }} Plan the content of a response
 */

/**
 * Decides what a response contains, in place of a model. A scripted function is called once per turn if the session offers it.
 * Otherwise the response is spoken: the scripted reply, else a sentence of the passages that were found, else a general reply.
 * @param {import('./call.mjs').RealtimeCall} call
 * @param {any} asked the requested response
 * @returns {Plan}
 */
export function plan(call, asked) {
  const functions = offered(asked.tools ?? call.session.tools, asked.tool_choice ?? call.session.tool_choice);
  if (functions.names.length > 0 && !hasResults(call.conversation.items)) {
    const scripted = call.script.nextCalls(functions.names);
    if (scripted)
      return {
        calls: scripted.map(({ name, arguments: given }) => ({
          name,
          arguments: typeof given === 'string' ? given : JSON.stringify(given),
        })),
      };
    if (functions.required)
      return { calls: [{ name: functions.names[0], arguments: JSON.stringify({ query: call.lastHeard }) }] };
  }
  return { text: call.script.nextReply() ?? fromPassages(call.conversation.items, asked) ?? GENERIC };
}

/** @param {any[]} tools @param {any} choice */
function offered(tools, choice) {
  const names = tools.filter((tool) => tool.type === 'function').map((tool) => String(tool.name));
  if (choice === 'none') return { names: [], required: false };
  if (choice?.type === 'function') return { names: names.filter((name) => name === choice.name), required: true };
  return { names, required: choice === 'required' };
}

/** Whether the current turn already has the result of a function call. @param {import('./conversation.mjs').Item[]} items */
function hasResults(items) {
  const turn = items.slice(
    items.findLastIndex((item) => item.role === 'user' && item.content?.[0]?.type === 'input_audio') + 1,
  );
  return turn.some((item) => item.type === 'function_call_output');
}

/** @param {import('./conversation.mjs').Item[]} items @param {any} asked */
function fromPassages(items, asked) {
  const since = items.slice(items.findLastIndex((item) => item.role === 'assistant') + 1);
  const texts = [...since, ...(asked.input ?? [])].flatMap(textsOf);
  if (asked.instructions) texts.push(asked.instructions);
  for (const text of texts.reverse()) {
    const passage = firstPassage(text);
    if (passage) return firstSentence(passage);
  }
  return null;
}

/** @param {any} item @returns {string[]} */
function textsOf(item) {
  if (item.type === 'function_call_output') return [item.output];
  if (item.role !== 'system' && item.role !== 'user') return [];
  return item.content
    .filter((/** @type {any} */ part) => part.type === 'input_text')
    .map((/** @type {any} */ part) => part.text);
}

/** The first `passages[].text` of the JSON object in a text. @param {string} text @returns {string | null} */
export function firstPassage(text) {
  const [from, to] = [text.indexOf('{'), text.lastIndexOf('}')];
  if (from < 0 || to < from) return null;
  try {
    const found = JSON.parse(text.slice(from, to + 1)).passages?.[0]?.text;
    return typeof found === 'string' && found.trim() ? found.trim() : null;
  } catch {
    return null;
  }
}

/** @param {string} text */
export const firstSentence = (text) => /^.*?[.!?](?=\s|$)/s.exec(text)?.[0].replace(/\s+/g, ' ') ?? text.slice(0, 300);
