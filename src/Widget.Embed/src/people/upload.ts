/** Uploads files for the next message. */
import { signal } from '@preact/signals';
import { ApiError, type Problem } from '../app/api';
import type { Attachment } from '../app/events';
import { fill, isolate } from '../app/i18n';
import { newId } from '../app/ids';
import type { Attached, PanelHost } from '../app/moduleHost';
import { peopleWords } from './words';

export const types = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'application/pdf'];
export const maxMegabytes = 10;
export const maxFiles = 5;

export type Send = (
  panel: PanelHost,
  file: File,
  progress: (part: number) => void,
  signal: AbortSignal,
) => Promise<Attachment>;

export class Uploads {
  /** Why a file was not taken. */
  readonly problem = signal('');
  readonly #running = new Map<string, { file: File; abort: AbortController }>();

  constructor(
    private readonly panel: PanelHost,
    private readonly send: Send = sendFile,
  ) {}

  add(files: readonly File[]): void {
    this.problem.value = '';
    for (const file of files) {
      const problem = this.#problemOf(file);
      if (problem) {
        this.problem.value = problem;
        continue;
      }
      const key = newId();
      const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : undefined;
      const { name, type, size } = file;
      this.panel.attached.value = [
        ...this.panel.attached.value,
        { key, name: name || 'image', contentType: type, bytes: size, preview, progress: 0 },
      ];
      void this.#upload(key, file);
    }
  }

  retry(key: string): void {
    const file = this.#running.get(key)?.file;
    if (file) void this.#upload(key, file);
  }

  remove(key: string): void {
    this.#running.get(key)?.abort.abort();
    this.#running.delete(key);
    this.#revoke(key);
    this.problem.value = '';
    this.panel.attached.value = this.panel.attached.value.filter((file) => file.key !== key);
  }

  async #upload(key: string, file: File): Promise<void> {
    const abort = new AbortController();
    this.#running.set(key, { file, abort });
    this.#change(key, { progress: 0, failed: false });
    try {
      const progress = (part: number): void => this.#change(key, { progress: part });
      const uploaded = await this.send(this.panel, file, progress, abort.signal);
      this.#revoke(key);
      this.panel.attached.value = this.panel.attached.value.map((other) =>
        other.key === key ? { key, ...uploaded } : other,
      );
      this.#running.delete(key);
    } catch (error) {
      if (abort.signal.aborted) return;
      const refused = this.#refusalOf(error, file);
      if (refused) {
        this.remove(key);
        this.problem.value = refused;
      } else this.#change(key, { failed: true });
    }
  }

  /** The browser's own copy of the picture is no longer needed. */
  #revoke(key: string): void {
    const preview = this.panel.attached.value.find((file) => file.key === key)?.preview;
    if (preview) URL.revokeObjectURL(preview);
  }

  #change(key: string, change: Partial<Attached>): void {
    this.panel.attached.value = this.panel.attached.value.map((file) =>
      file.key === key ? { ...file, ...change } : file,
    );
  }

  #problemOf(file: File): string | undefined {
    const t = peopleWords.value;
    const name = isolate(file.name);
    if (this.panel.attached.value.length >= maxFiles) return fill(t.tooMany, { n: maxFiles });
    if (!types.includes(file.type)) return fill(t.wrongType, { file: name });
    if (file.size > maxMegabytes * 1024 * 1024) return fill(t.tooLarge, { file: name, n: maxMegabytes });
    return file.size === 0 ? fill(t.emptyFile, { file: name }) : undefined;
  }

  /** What the server says about the file itself; another attempt would not help. */
  #refusalOf(error: unknown, { name }: File): string | undefined {
    const t = peopleWords.value;
    if (!(error instanceof ApiError)) return undefined;
    if (error.status === 413) return fill(t.tooLarge, { file: isolate(name), n: maxMegabytes });
    return error.status === 400 || error.status === 415 ? fill(t.wrongType, { file: isolate(name) }) : undefined;
  }
}

/** `fetch` does not report how much is sent. */
async function sendFile(
  panel: PanelHost,
  file: File,
  progress: (part: number) => void,
  signal: AbortSignal,
): Promise<Attachment> {
  const { conversationId, token } = await panel.session();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${panel.host.api}/api/widget/conversations/${conversationId}/attachments`);
    request.setRequestHeader('authorization', `Bearer ${token}`);
    request.setRequestHeader('accept', 'application/json');
    request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status < 300) resolve(body as Attachment);
      else reject(new ApiError(request.status, String(request.status), null, body as Problem));
    };
    request.onerror = () => reject(new TypeError('The connection was lost.'));
    signal.addEventListener('abort', () => request.abort());
    const form = new FormData();
    form.append('file', file, file.name || 'image');
    request.send(form);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

const uploads = new WeakMap<PanelHost, Uploads>();

/** The uploads of a panel. They go on while the panel shows something else. */
export function uploadsOf(panel: PanelHost): Uploads {
  let known = uploads.get(panel);
  if (!known) uploads.set(panel, (known = new Uploads(panel)));
  return known;
}
