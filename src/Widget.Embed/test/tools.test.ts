import { describe, expect, it } from 'vitest';
import { ApiError } from '../src/app/api';
import { ToolCalls, continuePrompt, type ToolRequest } from '../src/video/tools';
import type { RoomMessage, ToolResponse } from '../src/video/wire';

function call(properties: Record<string, unknown>, seq = 1): RoomMessage {
  return { event_type: 'conversation.tool_call', conversation_id: 'c1', seq, properties };
}

function calls(run: (request: ToolRequest) => Promise<ToolResponse>) {
  const sent: [string, Record<string, unknown>][] = [];
  return { sent, tools: new ToolCalls(run, (type, properties) => sent.push([type, properties])) };
}

describe('a tool call', () => {
  it('runs with its arguments as an object and is answered by id', async () => {
    const asked: ToolRequest[] = [];
    const { sent, tools } = calls((request) => {
      asked.push(request);
      return Promise.resolve({ success: true, result: { found: 2 } });
    });
    await tools.receive(call({ name: 'search_knowledge', arguments: '{"query":"lamp"}', tool_call_id: 't1' }));
    expect(asked).toEqual([{ name: 'search_knowledge', arguments: { query: 'lamp' }, toolCallId: 't1' }]);
    expect(sent).toEqual([['tool_result', { tool_call_id: 't1', output: { found: 2 }, status: 'success' }]]);
  });

  it('is answered once, and by its id when several run', async () => {
    const waiting: (() => void)[] = [];
    const { sent, tools } = calls(
      ({ toolCallId }) => new Promise((resolve) => waiting.push(() => resolve({ success: true, result: toolCallId }))),
    );
    const answers = [1, 2, 1, 2].map((n) =>
      tools.receive(call({ name: 'a', arguments: {}, tool_call_id: `t${n}` }, n)),
    );
    expect(waiting).toHaveLength(2);
    for (const answer of waiting.reverse()) answer();
    await Promise.all(answers);
    expect(sent.map(([, properties]) => properties.output)).toEqual(['t2', 't1']);
  });

  it('fails when it is unknown, has no name or cannot be run', async () => {
    const { sent, tools } = calls(({ name }) =>
      name === 'unknown'
        ? Promise.resolve({ success: false, result: 'There is no such tool.' })
        : Promise.reject(new ApiError(503, 'Later.')),
    );
    await tools.receive(call({ name: 'unknown', tool_call_id: 't1' }));
    await tools.receive(call({ name: 'search_knowledge', tool_call_id: 't2' }));
    await tools.receive(call({ tool_call_id: 't3' }));
    expect(sent.map(([, { status, output }]) => [status, output])).toEqual([
      ['error', 'There is no such tool.'],
      ['error', 'Later.'],
      ['error', 'The call names no tool.'],
    ]);
  });

  it('without an id adds its result to the context', async () => {
    const { sent, tools } = calls(() => Promise.resolve({ success: true, result: { text: 'Ten euros.' } }));
    await tools.receive(call({ name: 'search_knowledge', arguments: '{}' }, 4));
    await tools.receive(call({ name: 'search_knowledge', arguments: '{}' }, 4));
    expect(sent).toEqual([
      ['append_llm_context', { context: 'search_knowledge: {"text":"Ten euros."}' }],
      ['respond', { text: continuePrompt }],
    ]);
  });

  it('is not read from other messages of the room', async () => {
    const { sent, tools } = calls(() => Promise.reject(new Error('It was run.')));
    await tools.receive({
      event_type: 'conversation.utterance',
      seq: 1,
      properties: { tool_call_id: 't1', name: 'a' },
    });
    expect(sent).toEqual([]);
  });
});
