// @ts-check
import { newId } from '../provider/ids.mjs';

/** Characters of the arguments per event. */
const PIECE = 12;

/**
 * Responds with function calls. The client sends their results.
 * @param {import('./response.mjs').Response} response
 * @param {{ name: string, arguments: string }[]} calls
 */
export function callFunctions(response, calls) {
  for (const { name, arguments: given } of calls) {
    const callId = newId('call');
    const item = response.addItem({ type: 'function_call', call_id: callId, name, arguments: '' });
    const where = { item_id: item.id, output_index: response.output.length - 1, call_id: callId };
    for (let at = 0; at < given.length; at += PIECE) {
      response.send('response.function_call_arguments.delta', { ...where, delta: given.slice(at, at + PIECE) });
    }
    response.send('response.function_call_arguments.done', { ...where, name, arguments: given });
    item.arguments = given;
    response.made.text += given;
    response.finishItem(item, 'completed');
  }
  response.end('completed');
}
