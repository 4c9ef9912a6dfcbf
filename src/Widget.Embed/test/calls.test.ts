import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallMode, LiveCall } from '../src/app/call';
import { Calls } from '../src/app/calls';
import type { CallHost, Modules } from '../src/app/moduleHost';

let host: { conversationId: string; config: { value: { modes: string[] } } };
let destroyed: CallMode[];
let calls: Calls;

/** Loads a module whose calls are recorded when they end. */
const load = (mode: CallMode) => () =>
  Promise.resolve(() => ({ mode, destroy: () => destroyed.push(mode) }) as unknown as LiveCall);

beforeEach(() => {
  vi.stubGlobal('window', {});
  host = { conversationId: 'c1', config: { value: { modes: ['text', 'video', 'voice'] } } };
  destroyed = [];
  const modules = { video: load('video'), voice: load('voice') } as unknown as Modules;
  calls = new Calls(host as unknown as CallHost, modules);
});

describe('the calls of the panel', () => {
  it('are offered if the tenant offers them and the browser supports them', () => {
    expect([calls.isOffered('video'), calls.isOffered('voice')]).toEqual([true, false]);
    vi.stubGlobal('window', { RTCPeerConnection: Object });
    expect(calls.isOffered('voice')).toBe(true);
    host.config.value.modes = ['text'];
    expect(calls.isOffered('voice')).toBe(false);
  });

  it('take turns: a new call ends the current one', async () => {
    const starting = calls.start('video');
    expect(calls.loading.value).toEqual({ mode: 'video', state: 'loading' });
    await starting;
    expect([calls.current.value?.mode, calls.loading.value]).toEqual(['video', undefined]);
    await calls.start('video');
    expect(destroyed).toEqual([]);
    await calls.start('voice');
    expect([calls.current.value?.mode, destroyed]).toEqual(['voice', ['video']]);
  });

  it('do not start if the conversation or the widget is gone when the module has loaded', async () => {
    const starting = calls.start('video');
    host.conversationId = 'c2';
    await starting;
    expect(calls.current.value).toBeUndefined();

    const again = calls.start('video');
    calls.destroy();
    await again;
    expect(calls.current.value).toBeUndefined();
  });

  it('show that a module could not be loaded, and can be tried again', async () => {
    const video = vi.fn().mockRejectedValueOnce(new Error('Offline.')).mockImplementation(load('video'));
    calls = new Calls(host as unknown as CallHost, { video } as unknown as Modules);
    await calls.start('video');
    expect(calls.loading.value).toEqual({ mode: 'video', state: 'failed' });
    await calls.start('video');
    expect([calls.current.value?.mode, calls.loading.value]).toEqual(['video', undefined]);
  });
});
