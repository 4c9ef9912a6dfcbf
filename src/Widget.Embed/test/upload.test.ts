import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../src/app/api';
import type { Attachment } from '../src/app/events';
import type { Attached, PanelHost } from '../src/app/moduleHost';
import { Uploads, type Send } from '../src/people/upload';

interface Sending {
  progress: (part: number) => void;
  signal: AbortSignal;
  done: (file: Attachment) => void;
  fail: (error: unknown) => void;
}

let sendings: Sending[];
let panel: PanelHost;
let uploads: Uploads;

const send: Send = (_, __, progress, signal) =>
  new Promise((done, fail) => sendings.push({ progress, signal, done, fail }));
const file = (name = 'a.png', type = 'image/png', size = 10): File => ({ name, type, size }) as unknown as File;
const attached = (): Attached[] => panel.attached.value;
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const uploaded: Attachment = { id: '1', name: 'a.png', contentType: 'image/png', bytes: 10, url: '/files/1' };

beforeEach(() => {
  sendings = [];
  panel = { attached: signal<Attached[]>([]) } as unknown as PanelHost;
  uploads = new Uploads(panel, send);
  vi.stubGlobal('URL', { createObjectURL: () => 'blob:1', revokeObjectURL: () => undefined });
});

afterEach(() => vi.unstubAllGlobals());

describe('a file', () => {
  it('is uploaded at once, with its progress, and is then ready to be sent', async () => {
    uploads.add([file()]);
    expect(attached()).toMatchObject([{ name: 'a.png', bytes: 10, progress: 0, preview: 'blob:1' }]);
    expect(attached()[0]?.id).toBeUndefined();
    sendings[0]?.progress(0.5);
    expect(attached()[0]?.progress).toBe(0.5);
    sendings[0]?.done(uploaded);
    await settle();
    // Nothing else is kept with the message.
    expect(attached()).toEqual([{ key: expect.any(String) as string, ...uploaded }]);
  });

  it('is not taken if it is of another type, too large or empty, and the reason names it', () => {
    for (const [wrong, words] of [
      [file('run.exe', 'application/x-msdownload'), /run\.exe.*can't be sent/],
      [file('big.pdf', 'application/pdf', 10 * 1024 * 1024 + 1), /big\.pdf.*too large.*10 MB/],
      [file('nothing.png', 'image/png', 0), /nothing\.png.*empty/],
    ] as const) {
      uploads.add([wrong]);
      expect(uploads.problem.value).toMatch(words);
    }
    expect([attached(), sendings]).toEqual([[], []]);
  });

  it('can have exactly 10 MB', () => {
    uploads.add([file('big.pdf', 'application/pdf', 10 * 1024 * 1024)]);
    expect([attached().length, uploads.problem.value]).toEqual([1, '']);
  });

  it('is one of at most five', () => {
    uploads.add(Array.from({ length: 6 }, () => file()));
    expect(attached()).toHaveLength(5);
    expect(uploads.problem.value).toContain('up to 5');
  });

  it('stays after a failure, and can be uploaded again', async () => {
    uploads.add([file()]);
    sendings[0]?.fail(new TypeError('The connection was lost.'));
    await settle();
    expect(attached()).toMatchObject([{ failed: true }]);
    uploads.retry(attached()[0]?.key ?? '');
    expect(attached()).toMatchObject([{ failed: false, progress: 0 }]);
    sendings[1]?.done(uploaded);
    await settle();
    expect(attached()).toMatchObject([{ id: '1' }]);
  });

  it('goes if the server does not take it', async () => {
    uploads.add([file('fake.png')]);
    sendings[0]?.fail(new ApiError(400, 'No.'));
    await settle();
    expect(attached()).toEqual([]);
    expect(uploads.problem.value).toMatch(/fake\.png.*can't be sent/);
  });

  it('can be removed while it is uploaded', async () => {
    uploads.add([file(), file('b.png')]);
    uploads.remove(attached()[0]?.key ?? '');
    expect(sendings[0]?.signal.aborted).toBe(true);
    sendings[0]?.fail(new DOMException('Aborted.'));
    await settle();
    expect(attached()).toMatchObject([{ name: 'b.png' }]);
  });
});
