// @ts-check
import assert from 'node:assert/strict';
import { Sideband, Visitor, leaveAll } from './visitor.mjs';

/** @typedef {import('./simulator.mjs').Simulator} Simulator */

let accounts = 0;

/** A key of its own for each test, so that tests do not disturb each other. */
export const newKey = () => `sk-test-${process.pid}-${++accounts}`;

export const KNOWLEDGE_TOOL = {
  type: 'function',
  name: 'search_knowledge',
  description: 'Finds passages.',
  parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
};

/** After all tests: the simulator must end cleanly. @param {Simulator} simulator */
export async function finish(simulator) {
  leaveAll();
  assert.equal(await simulator.stop(), 0);
}

/** A session configuration like our server's. */
export const session = (more = {}) => ({
  type: 'realtime',
  model: 'gpt-realtime-2.1',
  instructions: 'You sell bicycles.',
  audio: {
    input: {
      transcription: { model: 'gpt-transcribe', language: 'en' },
      turn_detection: {
        type: 'server_vad',
        threshold: 0.5,
        prefix_padding_ms: 300,
        silence_duration_ms: 300,
        create_response: false,
        interrupt_response: true,
      },
    },
    output: { voice: 'marin' },
  },
  ...more,
});

/** The URL and headers for opening a call. */
export const openai = (/** @type {Simulator} */ simulator, /** @type {string} */ key) => ({
  url: `${simulator.root}/openai/v1`,
  headers: /** @type {Record<string, string>} */ ({ Authorization: `Bearer ${key}` }),
});

/** @param {Simulator} simulator @param {string} key @param {BodyInit} body @param {Record<string, string>} [headers] */
export function postCall(simulator, key, body, headers = {}) {
  const { url, headers: access } = openai(simulator, key);
  return fetch(`${url}/realtime/calls`, { method: 'POST', headers: { ...access, ...headers }, body });
}

/** @param {string} sdp @param {any} configuration */
export function form(sdp, configuration) {
  const body = new FormData();
  body.set('sdp', new Blob([sdp], { type: 'application/sdp' }));
  body.set('session', new Blob([JSON.stringify(configuration)], { type: 'application/json' }));
  return body;
}

/**
 * Connects a visitor, and a sideband to their call.
 * @param {Simulator} simulator
 * @param {{ key?: string, configuration?: any, script?: any, behavior?: any }} [options]
 */
export async function openCall(simulator, { key = newKey(), configuration = session(), script, behavior } = {}) {
  if (script) await simulator.control('PUT', '/script', script, key);
  if (behavior) await simulator.control('PUT', '/behavior', behavior, key);
  const visitor = new Visitor();
  const response = await fetch(`${simulator.root}/openai/v1/realtime/calls`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}` },
    body: form(await visitor.offer(), configuration),
  });
  const answer = await response.text();
  assert.equal(response.status, 201, answer);
  assert.equal(response.headers.get('content-type'), 'application/sdp');
  const id = /^\/v1\/realtime\/calls\/(rtc_\w+)$/.exec(response.headers.get('location') ?? '')?.[1];
  assert.ok(id);
  const sideband = await Sideband.open(`${simulator.root}/openai/v1/realtime?call_id=${id}`, {
    Authorization: `Bearer ${key}`,
  });
  await visitor.accept(answer);
  await visitor.events.next('session.created');
  return {
    id,
    key,
    visitor,
    sideband,
    leave() {
      sideband.close();
      visitor.leave();
    },
  };
}
