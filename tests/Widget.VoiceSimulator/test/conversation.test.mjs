// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { KNOWLEDGE_TOOL, finish, openCall, session } from './calling.mjs';
import { Simulator } from './simulator.mjs';

describe('A conversation over the Realtime protocol', { concurrency: true }, () => {
  /** @type {Simulator} */
  let simulator;
  before(async () => (simulator = await Simulator.start()));
  after(() => finish(simulator));

  it('hears the visitor, transcribes in order and speaks', async () => {
    const call = await openCall(simulator, {
      script: { utterances: ['What does a bicycle cost?'], replies: ['A bicycle costs four hundred euros.'] },
    });
    const { visitor, sideband } = call;
    await visitor.say('What does a bicycle cost?');
    const completed = await sideband.events.next('conversation.item.input_audio_transcription.completed');
    assert.equal(completed.transcript, 'What does a bicycle cost?');
    sideband.send({ type: 'response.create' });
    const done = await sideband.events.next('response.done');
    const stopped = await visitor.events.next('output_audio_buffer.stopped');

    assert.equal(done.response.status, 'completed');
    assert.equal(done.response.output[0].content[0].transcript, 'A bicycle costs four hundred euros.');
    assert.ok(done.response.usage.output_token_details.audio_tokens > 20);
    assert.ok(done.response.usage.input_token_details.audio_tokens > 5);
    assert.equal(stopped.response_id, done.response.id);
    assert.ok(visitor.heardSeconds > 1, `heard ${visitor.heardSeconds} s`);
    const types = visitor.events.types.filter((type) => !type.endsWith('.delta'));
    assert.deepEqual(types, [
      'session.created',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'conversation.item.input_audio_transcription.completed',
      'response.created',
      'rate_limits.updated',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'output_audio_buffer.started',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
      'output_audio_buffer.stopped',
    ]);
    assert.equal(
      visitor.events
        .of('response.output_audio_transcript.delta')
        .map((event) => event.delta)
        .join(''),
      'A bicycle costs four hundred euros.',
    );
    const [said, replied] = visitor.events.of('conversation.item.added');
    assert.equal(said.previous_item_id, null);
    assert.equal(replied.previous_item_id, said.item.id);
    const told = await simulator.call(call.id);
    assert.ok(told.heardSeconds > 0.5 && told.heardPeak > 0.05, JSON.stringify(told.heardSeconds));
    assert.ok(told.spokenSeconds > 1);
    call.leave();
  });

  it('calls the scripted function and speaks about its passages', async () => {
    const call = await openCall(simulator, {
      configuration: session({ tools: [KNOWLEDGE_TOOL] }),
      script: {
        utterances: ['What is the guarantee?'],
        calls: [{ name: 'search_knowledge', arguments: { query: 'guarantee' } }],
      },
    });
    const { visitor, sideband } = call;
    await visitor.say('What is the guarantee?');
    await sideband.events.next('input_audio_buffer.committed');
    sideband.send({ type: 'response.create' });
    const asked = await sideband.events.next('response.done');
    const [item] = asked.response.output;
    assert.deepEqual(
      { type: item.type, name: item.name, arguments: item.arguments },
      { type: 'function_call', name: 'search_knowledge', arguments: '{"query":"guarantee"}' },
    );
    assert.equal(
      sideband.events
        .of('response.function_call_arguments.delta')
        .map((event) => event.delta)
        .join(''),
      item.arguments,
    );
    const order = [
      'response.output_item.added',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.done',
    ];
    assert.deepEqual(
      sideband.events.types.filter((type) => order.includes(type)),
      order,
    );

    const output = JSON.stringify({ passages: [{ text: 'The guarantee lasts five years. It covers the frame.' }] });
    sideband.send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: item.call_id, output },
    });
    sideband.send({ type: 'response.create' });
    const spoken = await sideband.events.next('response.output_audio_transcript.done');
    assert.equal(spoken.transcript, 'The guarantee lasts five years.');
    call.leave();
  });

  it('stops at once when the visitor speaks, and keeps only what was heard', async () => {
    const reply =
      'This is a very long reply about bicycles, and it goes on and on, so that anybody would like to say something before it has come to its end.';
    const call = await openCall(simulator, { script: { replies: [reply] }, behavior: { generationSpeed: 1 } });
    const { visitor, sideband } = call;
    await visitor.prepare('Wait a moment please.');
    sideband.send({ type: 'response.create' });
    await visitor.events.next('output_audio_buffer.started');
    await visitor.say('Wait a moment please.');
    const truncated = await sideband.events.next('conversation.item.truncated');
    await sideband.events.next('output_audio_buffer.cleared');
    const done = await sideband.events.next('response.done');
    assert.equal(done.response.status, 'cancelled');
    assert.deepEqual(done.response.status_details, { type: 'cancelled', reason: 'turn_detected' });
    assert.ok(truncated.audio_end_ms > 0);
    assert.equal(sideband.events.of('output_audio_buffer.stopped').length, 0);
    sideband.send({ type: 'conversation.item.retrieve', item_id: truncated.item_id });
    const { item } = await sideband.events.next('conversation.item.retrieved');
    assert.ok(reply.startsWith(item.content[0].transcript));
    assert.ok(item.content[0].transcript.length < reply.length * 0.8, item.content[0].transcript);
    const told = await simulator.call(call.id);
    assert.ok(told.spokenSeconds < 6, `spoke ${told.spokenSeconds} s`);
    call.leave();
  });

  it('stops a completed response that is still playing, and truncates it to what was heard', async () => {
    const script = {
      replies: [
        'This whole reply has been made long before anybody could have listened to the end of it, as replies are.',
      ],
    };
    const { visitor, sideband, leave } = await openCall(simulator, { script, behavior: { generationSpeed: 100 } });
    await visitor.prepare('No, thank you.');
    sideband.send({ type: 'response.create' });
    assert.equal((await sideband.events.next('response.done')).response.status, 'completed');
    await visitor.say('No, thank you.');
    const truncated = await sideband.events.next('conversation.item.truncated');
    sideband.send({ type: 'conversation.item.retrieve', item_id: truncated.item_id });
    const { item } = await sideband.events.next('conversation.item.retrieved');
    assert.ok(
      script.replies[0].startsWith(item.content[0].transcript) &&
        item.content[0].transcript.length < script.replies[0].length,
    );
    leave();
  });

  it('keeps speaking if the session disables interruptions', async () => {
    const configuration = session();
    configuration.audio.input.turn_detection.interrupt_response = false;
    const { visitor, sideband, leave } = await openCall(simulator, { configuration });
    await visitor.prepare('Wait.');
    sideband.send({ type: 'response.create' });
    await visitor.events.next('output_audio_buffer.started');
    await visitor.say('Wait.');
    await sideband.events.next('input_audio_buffer.committed');
    await sideband.events.next('output_audio_buffer.stopped');
    assert.equal(sideband.events.of('conversation.item.truncated').length, 0);
    leave();
  });

  it('takes the turn that the client commits with push-to-talk', async () => {
    const configuration = session({
      audio: { input: { transcription: { model: 'gpt-transcribe' }, turn_detection: null } },
    });
    const call = await openCall(simulator, {
      configuration,
      script: { utterances: ['Only this.'] },
      behavior: { generationSpeed: 1 },
    });
    const { visitor, sideband } = call;
    // Sound arrives continuously, so the buffer is empty only directly after a clear.
    sideband.send({ type: 'input_audio_buffer.clear' });
    sideband.send({ type: 'input_audio_buffer.commit', event_id: 'early' });
    const refused = await sideband.events.next('error');
    assert.equal(refused.error.code, 'input_audio_buffer_commit_empty');
    assert.equal(refused.error.event_id, 'early');
    await visitor.say('Only this.');
    sideband.send({ type: 'input_audio_buffer.commit' });
    const completed = await sideband.events.next('conversation.item.input_audio_transcription.completed');
    assert.equal(completed.transcript, 'Only this.');
    assert.equal(sideband.events.of('input_audio_buffer.speech_started').length, 0);
    sideband.send({ type: 'response.create' });
    await sideband.events.next('response.output_audio_transcript.delta');
    sideband.send({ type: 'response.cancel' });
    sideband.send({ type: 'output_audio_buffer.clear' });
    const done = await sideband.events.next('response.done');
    assert.deepEqual(done.response.status_details, { type: 'cancelled', reason: 'client_cancelled' });
    await sideband.events.next('output_audio_buffer.cleared');
    call.leave();
  });

  it('responds automatically only if the session says so', async () => {
    const turn = { type: 'semantic_vad', eagerness: 'high', create_response: true, interrupt_response: true };
    const call = await openCall(simulator, { configuration: session({ audio: { input: { turn_detection: turn } } }) });
    await call.visitor.say('Good morning.');
    await call.sideband.events.next('response.done');
    assert.equal(
      call.sideband.events.types.some((type) => type.includes('transcription')),
      false,
    );
    call.leave();
  });

  it('speaks again when the visitor stays silent', async () => {
    const turn = { type: 'server_vad', idle_timeout_ms: 5000, create_response: false };
    const { sideband, leave } = await openCall(simulator, {
      configuration: session({ audio: { input: { turn_detection: turn } } }),
      script: { replies: ['Well?', 'Are you there?'] },
    });
    sideband.send({ type: 'response.create' });
    await sideband.events.next('input_audio_buffer.timeout_triggered');
    await sideband.events.next(
      'response.output_audio_transcript.done',
      (event) => event.transcript === 'Are you there?',
    );
    leave();
  });

  it('fails as the behavior says', async () => {
    const { key, visitor, sideband, leave } = await openCall(simulator, {
      behavior: { transcriptionFails: true, responseFails: true },
    });
    await visitor.say('Is anybody there?');
    assert.equal(
      (await sideband.events.next('conversation.item.input_audio_transcription.failed')).error.type,
      'transcription_error',
    );
    sideband.send({ type: 'response.create' });
    const failed = await sideband.events.next('response.done');
    assert.deepEqual([failed.response.status, failed.response.status_details.error.code], ['failed', 'server_error']);
    await simulator.control('PUT', '/behavior', { silent: true }, key);
    sideband.send({ type: 'response.create' });
    await sideband.events.until(() => sideband.events.of('response.created').length === 2, 'second response');
    sideband.send({ type: 'response.cancel' });
    await sideband.events.next(
      'response.done',
      ({ response }) => response.status === 'cancelled' && response.output.length === 0,
    );
    leave();
  });
});

describe('On a lossy link', () => {
  it('a short interruption does not end the visitor’s turn', async () => {
    const simulator = await Simulator.start();
    const { visitor, sideband } = await openCall(simulator);
    const said = visitor.say('This sentence is a long one, and in the middle of it nothing arrives for a while.');
    await sideband.events.next('input_audio_buffer.speech_started');
    // Blocks the process like a busy machine, so that it sends no sound.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800);
    await said;
    await sideband.events.next('conversation.item.input_audio_transcription.completed');
    assert.equal(sideband.events.of('input_audio_buffer.committed').length, 1);
    await finish(simulator);
  });
});
