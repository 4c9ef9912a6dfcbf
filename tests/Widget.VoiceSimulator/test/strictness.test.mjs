// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { KNOWLEDGE_TOOL, finish, form, newKey, openCall, openai, postCall, session } from './calling.mjs';
import { Simulator } from './simulator.mjs';
import { Visitor } from './visitor.mjs';

describe('A strict provider', { concurrency: true }, () => {
  /** @type {Simulator} */
  let simulator;
  before(async () => (simulator = await Simulator.start()));
  after(() => finish(simulator));

  it('names the invalid field when a call is opened', async () => {
    const visitor = new Visitor();
    const offer = await visitor.offer();
    const { type, ...untyped } = session();
    const cases = /** @type {[any, string, string][]} */ ([
      [untyped, 'missing_required_parameter', 'session.type'],
      [{ ...session(), modalities: ['audio'] }, 'unknown_parameter', 'session.modalities'],
      [{ ...session(), instructions: 5 }, 'invalid_type', 'session.instructions'],
      [{ ...session(), model: 'gpt-nothing' }, 'model_not_found', 'session.model'],
      [{ ...session(), audio: { output: { voice: 'nobody' } } }, 'invalid_value', 'session.audio.output.voice'],
      [
        { ...session(), audio: { input: { turn_detection: { type: 'server_vad', silence_ms: 3 } } } },
        'unknown_parameter',
        'session.audio.input.turn_detection.silence_ms',
      ],
      [
        { ...session(), tools: [{ type: 'function', function: { name: 'nested' } }] },
        'missing_required_parameter',
        'session.tools[0].name',
      ],
      [{ ...session(), output_modalities: ['audio', 'text'] }, 'array_above_max_length', 'session.output_modalities'],
    ]);
    for (const [configuration, code, param] of cases) {
      const response = await postCall(simulator, newKey(), form(offer, configuration));
      const { error } = await response.json();
      assert.deepEqual([response.status, error.code, error.param], [400, code, param], error.message);
    }
    visitor.leave();
  });

  it('requires a complete form with a valid offer', async () => {
    const visitor = new Visitor();
    const offer = await visitor.offer();
    const extra = form(offer, session());
    extra.set('model', 'gpt-realtime-2.1');
    const bodies = [
      form('hello', session()),
      form(offer.replace(/m=application[\s\S]*/, ''), session()),
      extra,
      new FormData(),
    ];
    for (const body of bodies) assert.equal((await postCall(simulator, newKey(), body)).status, 400);
    assert.equal((await postCall(simulator, newKey(), '{}', { 'Content-Type': 'application/json' })).status, 400);
    assert.equal(
      (await fetch(`${simulator.root}/openai/v1/realtime/calls`, { method: 'POST', body: form(offer, session()) }))
        .status,
      401,
    );
    visitor.leave();
  });

  it('answers each invalid event with an error that names it', async () => {
    const { visitor, sideband, leave } = await openCall(simulator, {
      configuration: session({ tools: [KNOWLEDGE_TOOL] }),
      behavior: { silent: true },
    });
    const message = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] };
    const cases = /** @type {[any, string][]} */ ([
      [{ type: 'response.begin' }, 'invalid_value'],
      [{}, 'missing_required_parameter'],
      [{ type: 'session.update', session: { instructions: 'No type' } }, 'missing_required_parameter'],
      [{ type: 'session.update', session: { type: 'realtime', model: 'gpt-realtime' } }, 'invalid_value'],
      [{ type: 'session.update', session: { type: 'realtime', voice: 'marin' } }, 'unknown_parameter'],
      [{ type: 'input_audio_buffer.append', audio: 'AAAA' }, 'invalid_event'],
      [
        {
          type: 'conversation.item.create',
          item: { type: 'function_call_output', call_id: 'call_unknown', output: '' },
        },
        'invalid_tool_call_id',
      ],
      [
        { type: 'conversation.item.create', item: { ...message, content: [{ type: 'text', text: 'beta' }] } },
        'invalid_value',
      ],
      [{ type: 'conversation.item.create', item: message, previous_item_id: 'item_unknown' }, 'item_not_found'],
      [{ type: 'conversation.item.retrieve', item_id: 'item_unknown' }, 'item_not_found'],
      [{ type: 'conversation.item.delete', item_id: 'item_unknown' }, 'item_not_found'],
      [
        { type: 'conversation.item.truncate', item_id: 'item_unknown', content_index: 0, audio_end_ms: 1 },
        'item_not_found',
      ],
      [{ type: 'response.cancel' }, 'response_cancel_not_active'],
    ]);
    for (const [index, [event, code]] of cases.entries()) {
      sideband.send({ event_id: `e${index}`, ...event });
      const { error } = await sideband.events.next('error', (candidate) => candidate.error.event_id === `e${index}`);
      assert.equal(error.code, code, JSON.stringify(event));
    }
    sideband.send({ type: 'response.create' });
    sideband.send({ type: 'response.create', event_id: 'second' });
    const { error } = await visitor.events.next('error', (candidate) => candidate.error.event_id === 'second');
    assert.equal(error.code, 'conversation_already_has_active_response');
    leave();
  });

  it('edits the conversation as the client asks', async () => {
    const { sideband, leave } = await openCall(simulator);
    const item = (/** @type {string} */ id, /** @type {string} */ text) => ({
      id,
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text }],
    });
    sideband.send({ type: 'conversation.item.create', item: item('second', 'Two') });
    sideband.send({ type: 'conversation.item.create', item: item('first', 'One'), previous_item_id: 'root' });
    sideband.send({ type: 'conversation.item.create', item: item('third', 'Three') });
    const third = await sideband.events.next('conversation.item.done', (event) => event.item.id === 'third');
    assert.equal(third.previous_item_id, 'second');
    sideband.send({ type: 'conversation.item.delete', item_id: 'second' });
    await sideband.events.next('conversation.item.deleted');
    sideband.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
    const { session: updated } = await sideband.events.next('session.updated');
    assert.equal(updated.instructions, session().instructions);
    assert.equal(updated.audio.input.turn_detection.silence_duration_ms, 300);
    sideband.send({
      type: 'response.create',
      response: { instructions: 'Say: {"passages":[{"text":"In writing. And more."}]}' },
    });
    const done = await sideband.events.next('response.done');
    assert.deepEqual(done.response.output[0].content, [{ type: 'output_text', text: 'In writing.' }]);
    leave();
  });

  it('lists its models and their shutdown dates', async () => {
    const { url, headers } = openai(simulator, newKey());
    await simulator.control('PUT', '/models', { 'gpt-realtime-3': '2026-12-24' });
    const { data } = /** @type {any} */ (await (await fetch(`${url}/models`, { headers })).json());
    const ends = Object.fromEntries(data.map((/** @type {any} */ model) => [model.id, model.shutdown_date]));
    assert.deepEqual(
      [ends['gpt-realtime-2.1'], ends['gpt-realtime'], ends['gpt-realtime-3']],
      [null, '2027-01-20', '2026-12-24'],
    );
    assert.equal((await fetch(`${url}/models/gpt-realtime`, { headers })).status, 200);
    assert.equal((await fetch(`${url}/models/unknown`, { headers })).status, 404);
  });
});
