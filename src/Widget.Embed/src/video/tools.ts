/** Runs the avatar's tool calls at our API and sends the results to the room. Each call runs once; several can run at a time. */
import { toJson } from '../app/pristine';
import type { RoomMessage, ToolResponse } from './wire';

/** Prompts the model to continue after a result was added to its context. Not part of the transcript. */
export const continuePrompt = '(The answer to your lookup is now in your context. Go on with it.)';

export interface ToolRequest {
  name: string;
  arguments: unknown;
  toolCallId: string;
}

export class ToolCalls {
  readonly #seen = new Set<string>();

  constructor(
    private readonly run: (request: ToolRequest) => Promise<ToolResponse>,
    private readonly send: (type: string, properties: Record<string, unknown>) => void,
  ) {}

  async receive({ event_type, seq, conversation_id, properties }: RoomMessage): Promise<void> {
    if (event_type !== 'conversation.tool_call') return;
    const { name, tool_call_id } = properties;
    const id = typeof tool_call_id === 'string' && tool_call_id !== '' ? tool_call_id : undefined;
    // Older calls have no id; their position in the conversation identifies them.
    const toolCallId = id ?? (seq === undefined ? undefined : `${conversation_id ?? ''}:${seq}`);
    if (toolCallId === undefined || this.#seen.has(toolCallId)) return;
    this.#seen.add(toolCallId);

    const answer =
      typeof name === 'string'
        ? await this.#run({ name, arguments: parsed(properties.arguments), toolCallId })
        : { success: false, result: 'The call names no tool.' };
    if (id) {
      const status = answer.success ? 'success' : 'error';
      this.send('tool_result', { tool_call_id: id, output: answer.result, status });
    } else {
      // An older call takes no result. Add it to the model's context and prompt the model to continue.
      const result = typeof answer.result === 'string' ? answer.result : toJson(answer.result);
      this.send('append_llm_context', { context: `${String(name)}: ${result}` });
      this.send('respond', { text: continuePrompt });
    }
  }

  async #run(request: ToolRequest): Promise<ToolResponse> {
    try {
      return await this.run(request);
    } catch (error) {
      return { success: false, result: error instanceof Error ? error.message : 'The tool could not be run.' };
    }
  }
}

/** Arguments usually arrive as a JSON string. The API validates them. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? {};
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
