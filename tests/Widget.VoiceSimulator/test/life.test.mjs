// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { finish, form, newKey, openCall, openai, postCall, session } from './calling.mjs';
import { Simulator } from './simulator.mjs';
import { Sideband, Visitor } from './visitor.mjs';

describe('The life of a call', { concurrency: true }, () => {
  /** @type {Simulator} */
  let simulator;
  before(async () => (simulator = await Simulator.start()));
  after(() => finish(simulator));

  it('ends once for everyone when the server hangs up', async () => {
    const { id, key, visitor, sideband, leave } = await openCall(simulator);
    const { url, headers } = openai(simulator, key);
    const hangUp = () => fetch(`${url}/realtime/calls/${id}/hangup`, { method: 'POST', headers });
    assert.equal(
      (
        await fetch(`${url}/realtime/calls/${id}/hangup`, {
          method: 'POST',
          headers: openai(simulator, newKey()).headers,
        })
      ).status,
      404,
    );
    assert.equal((await hangUp()).status, 200);
    await visitor.closed;
    assert.equal(await sideband.closed, 1000);
    const again = await hangUp();
    assert.equal(again.status, 404);
    assert.equal((await again.json()).error.code, 'call_id_not_found');
    const told = await simulator.call(id);
    assert.deepEqual([told.state, told.end, told.sidebands.now, told.sidebands.ever], ['ended', 'hangup', 0, 1]);
    leave();
  });

  it('ends when the browser closes the connection', async () => {
    const { id, visitor, sideband } = await openCall(simulator);
    visitor.leave();
    await sideband.closed;
    assert.equal((await simulator.call(id)).end, 'peer_gone');
  });

  it('reports the end of the session’s lifetime', async () => {
    const { id, visitor, sideband, leave } = await openCall(simulator, { behavior: { lifetimeSeconds: 6 } });
    for (const { events } of [visitor, sideband])
      assert.equal((await events.next('error')).error.code, 'session_expired');
    await visitor.closed;
    await sideband.closed;
    assert.equal((await simulator.call(id)).end, 'expired');
    leave();
  });

  it('breaks off without an event when the provider crashes', async () => {
    const { id, visitor, sideband, leave } = await openCall(simulator);
    await simulator.control('POST', `/calls/${id}/kill`);
    await visitor.closed;
    assert.equal(await sideband.closed, 1006);
    assert.equal(visitor.events.of('error').length, 0);
    leave();
  });

  it('attaches only sidebands of the same account, and greets late ones if the behavior says so', async () => {
    const { id, key, leave } = await openCall(simulator);
    await simulator.control('PUT', '/behavior', { sidebandRefusals: 1, dropSidebandAfterMs: 200 }, key);
    const { url, headers } = openai(simulator, key);
    await assert.rejects(Sideband.open(`${url}/realtime?call_id=${id}`, headers), { status: 404 });
    const late = await Sideband.open(`${url}/realtime?call_id=${id}`, headers);
    assert.equal(await late.closed, 1011);
    await assert.rejects(Sideband.open(`${url}/realtime?call_id=${id}`, openai(simulator, newKey()).headers), {
      status: 404,
    });
    await assert.rejects(Sideband.open(`${url}/realtime?call_id=rtc_unknown`, openai(simulator, key).headers), {
      status: 404,
    });
    await assert.rejects(Sideband.open(`${url}/realtime?call_id=${id}`, {}), { status: 401 });
    leave();
  });

  it('refuses revoked keys, keys without quota, and calls if the behavior says so', async () => {
    const [revoked, spent, refused] = [newKey(), newKey(), newKey()];
    await simulator.control('PUT', '/keys', { revoked: [revoked], outOfQuota: [spent] });
    await simulator.control('PUT', '/behavior', { refuse: { status: 503, code: 'overloaded' } }, refused);
    const visitor = new Visitor();
    const offer = await visitor.offer();
    const results = await Promise.all(
      [revoked, spent, refused].map(async (key) => {
        const response = await postCall(simulator, key, form(offer, session()));
        return [response.status, (await response.json()).error.code];
      }),
    );
    assert.deepEqual(results, [
      [401, 'invalid_api_key'],
      [429, 'insufficient_quota'],
      [503, 'overloaded'],
    ]);
    visitor.leave();
  });

  it('does not connect if it is unreachable or the provider never joins', async () => {
    const attempt = async (/** @type {object} */ behavior) => {
      const key = newKey();
      await simulator.control('PUT', '/behavior', { connectSeconds: 4, ...behavior }, key);
      const visitor = new Visitor();
      const response = await postCall(simulator, key, form(await visitor.offer(), session()));
      assert.equal(response.status, 201);
      const [{ id }] = await simulator.control('GET', '/calls', undefined, key);
      const sideband = await Sideband.open(
        `${simulator.root}/openai/v1/realtime?call_id=${id}`,
        openai(simulator, key).headers,
      );
      await visitor.accept(await response.text());
      await sideband.closed;
      assert.notEqual(visitor.connection.connectionState, 'connected');
      assert.equal((await simulator.call(id)).end, 'never_connected');
      visitor.leave();
    };
    await Promise.all([attempt({ udp: false }), attempt({ neverJoins: true })]);
  });

  it('continues after the provider was frozen', async () => {
    const frozen = await Simulator.start();
    const { sideband, visitor, leave } = await openCall(frozen, { script: { replies: ['I am back.'] } });
    await frozen.control('POST', '/freeze', { seconds: 5 });
    const frozenFor = async () => {
      const from = performance.now();
      await fetch(`${frozen.root}/health`);
      return performance.now() - from;
    };
    // It freezes shortly after its response.
    let longest = 0;
    while (longest < 1000) longest = Math.max(longest, await frozenFor());
    sideband.send({ type: 'response.create' });
    await visitor.events.next('output_audio_buffer.stopped');
    leave();
    assert.equal(await frozen.stop(), 0);
  });

  it('sends a false session if the behavior says so', async () => {
    const { sideband, leave } = await openCall(simulator, { behavior: { wrongSession: true } });
    const updated = await sideband.events.next('session.updated');
    assert.notEqual(updated.session.instructions, session().instructions);
    leave();
  });

  it('ends an account’s calls on reset', async () => {
    const { key, visitor, leave } = await openCall(simulator);
    await simulator.control('DELETE', '', undefined, key);
    await visitor.closed;
    assert.deepEqual(await simulator.control('GET', '/calls', undefined, key), []);
    leave();
  });
});
