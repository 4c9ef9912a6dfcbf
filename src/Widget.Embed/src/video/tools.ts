/** The avatar's wish to use a tool: run by the API, answered in the room, each call once, several at a time. */
import type { RoomMessage, ToolResponse } from './wire';

/** Asks the model to go on, after an answer that can only be laid beside it. It is nobody's words and not part of the transcript. */
export const goOn = '(The answer to your lookup is now in your context. Go on with it.)';

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

  async hear({ event_type, seq, conversation_id, properties }: RoomMessage): Promise<void> {
    if (event_type !== 'conversation.tool_call') return;
    const { name, tool_call_id } = properties;
    const id = typeof tool_call_id === 'string' && tool_call_id !== '' ? tool_call_id : undefined;
    // Calls of an older kind have no id of their own; their place in the conversation is one.
    const toolCallId = id ?? (seq === undefined ? undefined : `${conversation_id ?? ''}:${seq}`);
    if (toolCallId === undefined || this.#seen.has(toolCallId)) return;
    this.#seen.add(toolCallId);

    const answer =
      typeof name === 'string'
        ? await this.#try({ name, arguments: parsed(properties.arguments), toolCallId })
        : { success: false, result: 'The call names no tool.' };
    if (id) {
      const status = answer.success ? 'success' : 'error';
      this.send('tool_result', { tool_call_id: id, output: answer.result, status });
    } else {
      // It takes no result: the answer is laid into the model's context, and the model asked to go on.
      const result = typeof answer.result === 'string' ? answer.result : JSON.stringify(answer.result);
      this.send('append_llm_context', { context: `${String(name)}: ${result}` });
      this.send('respond', { text: goOn });
    }
  }

  async #try(request: ToolRequest): Promise<ToolResponse> {
    try {
      return await this.run(request);
    } catch (error) {
      return { success: false, result: error instanceof Error ? error.message : 'The tool could not be reached.' };
    }
  }
}

/** Arguments come written out as text; the API takes them either way and judges them. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? {};
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
