// @ts-check
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KNOWLEDGE_TOOL, finish, form, newKey, openCall, openai, postCall, session } from './calling.mjs';
import { fileURLToPath } from 'node:url';
import { Simulator } from './simulator.mjs';
import { Sideband, Visitor } from './visitor.mjs';

const JSON_TYPE = { 'Content-Type': 'application/json' };

describe('The providers', { concurrency: true }, () => {
  /** @type {Simulator} */
  let simulator;
  before(async () => (simulator = await Simulator.start()));
  after(() => finish(simulator));

  /** @param {string} key @param {any} [more] */
  async function openLive(key, more = {}) {
    const visitor = new Visitor();
    const headers = openai(simulator, key).headers;
    const body = {
      session: {
        model: 'gpt-live-1',
        instructions: 'You sell bicycles.',
        audio: { output: { voice: 'marin' } },
        delegation: { type: 'client' },
        ...more,
      },
      transport: { type: 'webrtc', sdp: await visitor.offer() },
    };
    const response = await fetch(`${simulator.root}/live/v1/live/sessions`, {
      method: 'POST',
      headers: { ...headers, ...JSON_TYPE },
      body: JSON.stringify(body),
    });
    const created = /** @type {any} */ (await response.json());
    if (response.status !== 201) return { status: response.status, error: created.error, visitor };
    const sideband = await Sideband.open(
      `${simulator.root}/live/v1/live/sessions/${created.session.id}/attach`,
      headers,
    );
    await visitor.accept(created.transport.sdp);
    await visitor.events.next('session.started');
    return { status: 201, id: created.session.id, visitor, sideband };
  }

  it('GPT-Live delegates questions to the client and speaks its commentary', async () => {
    const key = newKey();
    await simulator.control('PUT', '/script', { utterances: ['How long is the guarantee?'] }, key);
    await simulator.control('PUT', '/behavior', { usageSeconds: 1 }, key);
    const opened = performance.now();
    const { id, visitor, sideband } = await openLive(key, { client: { data_channel: { allowed_client_events: [] } } });
    assert.ok(sideband);
    visitor.send({ type: 'session.close' });
    assert.equal((await visitor.events.next('error')).error.code, 'event_not_allowed');
    await visitor.say('How long is the guarantee?');
    const { delegation } = await sideband.events.next('session.delegation.created');
    assert.deepEqual([delegation.target, delegation.type], ['client', 'delegation']);
    assert.equal(
      sideband.events
        .of('session.input_transcript.delta')
        .map((event) => event.delta)
        .join(''),
      'How long is the guarantee?',
    );
    sideband.send({
      type: 'session.commentary.append',
      delegation_id: 'dlg_unknown',
      content: 'No.',
      event_id: 'wrong',
    });
    const wrong = await sideband.events.next('error', (event) => event.client_event_id === 'wrong');
    assert.equal(wrong.error.code, 'delegation_not_found');
    sideband.send({ type: 'session.commentary.append', delegation_id: delegation.id, content: 'It lasts five years.' });
    await sideband.events.next('session.commentary.appended');
    const said = () =>
      visitor.events
        .of('session.output_transcript.delta')
        .map((event) => event.delta)
        .join('');
    await visitor.events.until(() => said() === 'It lasts five years.', 'spoken answer');
    await sideband.events.next('session.usage.updated');
    assert.ok(sideband.events.of('session.output_audio.delta').length > 3);
    assert.equal(visitor.events.of('session.output_audio.delta').length, 0);
    sideband.send({ type: 'session.close' });
    const closed = await sideband.events.next('session.closed');
    assert.equal(closed.reason, 'close_requested');
    // At least 15 seconds are billed.
    const most = Math.max(15, Math.ceil((performance.now() - opened) / 1000));
    assert.ok(closed.usage.seconds >= 15 && closed.usage.seconds <= most, String(closed.usage.seconds));
    await sideband.closed;
    await visitor.closed;
    assert.ok(visitor.heardSeconds > 0.5, `heard ${visitor.heardSeconds} s`);
    assert.equal((await simulator.call(id)).end, 'close');
    visitor.leave();
  });

  it('GPT-Live rejects unknown fields', async () => {
    for (const [more, param] of /** @type {[any, string][]} */ ([
      [{ voice: 'marin' }, 'session.voice'],
      [{ model: 'gpt-realtime-2.1' }, 'session.model'],
      [{ input: [{ role: 'user', content: [] }] }, 'session.input[0].content'],
    ])) {
      const { status, error, visitor } = await openLive(newKey(), more);
      assert.deepEqual([status, error.param], [400, param]);
      visitor.leave();
    }
  });

  it('a self-hosted server handles everything over the channel', async () => {
    const key = newKey();
    await simulator.control('PUT', '/script', { utterances: ['Hello there.'], replies: ['Good morning.'] }, key);
    const url = `${simulator.root}/selfhosted/v1/realtime/calls`;
    const refused = await fetch(url, {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify({ model: 'local-realtime' }),
    });
    assert.deepEqual([refused.status, await refused.json()], [400, { error: 'sdp is required' }]);

    const visitor = new Visitor();
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...JSON_TYPE, Authorization: `Bearer ${key}` },
      body: JSON.stringify({ sdp: await visitor.offer(), model: 'local-realtime' }),
    });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('location'), null);
    const { sdp, session_id: id } = /** @type {any} */ (await response.json());
    await visitor.accept(sdp);
    await visitor.events.next('session.created');
    const { model, ...configuration } = session();
    visitor.send({
      type: 'session.update',
      session: { ...configuration, audio: { ...configuration.audio, output: { voice: 'en_US-amy-medium' } } },
    });
    await visitor.events.next('session.updated');
    await visitor.say('Hello there.');
    assert.equal(
      (await visitor.events.next('conversation.item.input_audio_transcription.completed')).transcript,
      'Hello there.',
    );
    visitor.send({ type: 'response.create' });
    await visitor.events.next('output_audio_buffer.stopped');
    assert.ok(visitor.heardSeconds > 0.3);
    assert.equal((await fetch(`${url}/${id}/hangup`, { method: 'POST' })).status, 404);
    visitor.leave();
  });

  it('a client secret only opens sessions', async () => {
    const { url, headers } = openai(simulator, newKey());
    const mint = (/** @type {any} */ body) =>
      fetch(`${url}/realtime/client_secrets`, {
        method: 'POST',
        headers: { ...headers, ...JSON_TYPE },
        body: JSON.stringify(body),
      });
    assert.equal((await mint({ expires_after: { anchor: 'created_at', seconds: 5 } })).status, 400);
    const minted = await mint({ expires_after: { anchor: 'created_at', seconds: 60 }, session: session() });
    const secret = /** @type {any} */ (await minted.json());
    assert.match(secret.value, /^ek_/);
    assert.match(secret.session.id, /^sess_/);
    const visitor = new Visitor();
    const offer = await visitor.offer();
    const response = await postCall(simulator, secret.value, offer, { 'Content-Type': 'application/sdp' });
    assert.equal(response.status, 201);
    await visitor.accept(await response.text());
    assert.equal((await visitor.events.next('session.created')).session.instructions, session().instructions);
    assert.equal((await postCall(simulator, 'ek_unknown', offer, { 'Content-Type': 'application/sdp' })).status, 401);
    assert.equal((await fetch(`${url}/models`, { headers: openai(simulator, secret.value).headers })).status, 401);
    visitor.leave();
  });

  it('Azure uses its own key header and can filter the browser’s events', async () => {
    const visitor = new Visitor();
    const headers = { 'api-key': newKey(), 'OpenAI-Safety-Identifier': 'hash' };
    const url = `${simulator.root}/azure/openai/v1`;
    const body = form(await visitor.offer(), session({ model: 'my-deployment' }));
    const response = await fetch(`${url}/realtime/calls?webrtcfilter=on`, { method: 'POST', headers, body });
    assert.equal(response.status, 201);
    const id = /** @type {string} */ (response.headers.get('location')).split('/').at(-1) ?? '';
    const sideband = await Sideband.open(`${url}/realtime?call_id=${id}`, headers);
    await visitor.accept(await response.text());
    await sideband.events.next('session.created');
    sideband.send({ type: 'response.create' });
    await sideband.events.next('response.done');
    await visitor.events.next('output_audio_buffer.stopped');
    assert.deepEqual(
      visitor.events.types.filter((type) => /session|response\.(created|done)/.test(type)),
      [],
    );
    assert.equal((await simulator.call(id)).safetyIdentifier, 'hash');
    assert.equal((await fetch(`${url}/realtime/calls/${id}/hangup`, { method: 'POST', headers })).status, 200);
    await visitor.closed;
    visitor.leave();
  });
});

describe('The demo', () => {
  it('treats utterances as simulated questions, and introduces itself', async () => {
    const simulator = await Simulator.start({ VOICE_SIMULATOR_DEMO: '1' });
    const call = await openCall(simulator, { configuration: session({ tools: [KNOWLEDGE_TOOL] }) });
    await call.visitor.say('Anything at all.');
    call.sideband.send({ type: 'response.create' });
    const first = await call.sideband.events.next('conversation.item.input_audio_transcription.completed');
    assert.equal(first.transcript, '(simulated) Hello, can you hear me?');
    assert.match(
      (await call.sideband.events.next('response.output_audio_transcript.done')).transcript,
      /This voice is simulated/,
    );
    await call.visitor.say('Something else.');
    await call.sideband.events.next(
      'conversation.item.input_audio_transcription.completed',
      (event) => event.transcript === '(simulated) What do you offer?',
    );
    call.sideband.send({ type: 'response.create' });
    const asked = await call.sideband.events.next('response.function_call_arguments.done');
    assert.deepEqual(JSON.parse(asked.arguments), { query: 'What do you offer?' });
    await finish(simulator);
  });

  it('explains in one line that its packages are missing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'voice-simulator-'));
    const here = fileURLToPath(new URL('..', import.meta.url));
    await cp(join(here, 'server.mjs'), join(folder, 'server.mjs'));
    await cp(join(here, 'src'), join(folder, 'src'), { recursive: true });
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'server.mjs')], { encoding: 'utf8' });
    await rm(folder, { recursive: true });
    assert.equal(status, 69);
    assert.match(stderr, /^The voice simulator cannot run here: .*\n$/);
  });
});
