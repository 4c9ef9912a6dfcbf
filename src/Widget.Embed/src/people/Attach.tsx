import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../app/components/Icon';
import { fill } from '../app/i18n';
import type { Attached, PanelProps } from '../app/moduleHost';
import { fileSize } from './Files';
import { clip, file as fileIcon, retry } from './icons';
import { addStyles } from './style';
import { types, uploadsOf, type Uploads } from './upload';
import { peopleWords } from './words';

/** Chooses files for the next message: with a button, by pasting or by dropping them on the panel. */
export function Attach({ panel }: PanelProps) {
  addStyles(panel.host.shadow);
  const t = peopleWords.value;
  const uploads = uploadsOf(panel);
  const input = useRef<HTMLInputElement>(null);
  const dragging = useDrops(input, uploads);
  const attached = panel.attached.value;
  return (
    <>
      {(attached.length > 0 || uploads.problem.value) && (
        <div class="tray">
          {attached.length > 0 && (
            <ul aria-label={t.files}>
              {attached.map((file) => (
                <Waiting key={file.key} file={file} uploads={uploads} api={panel.host.api} />
              ))}
            </ul>
          )}
          <p class="note error" role="alert">
            {uploads.problem.value}
          </p>
        </div>
      )}
      {dragging && <div class="drop-here">{t.dropHere}</div>}
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={types.join()}
        aria-label={t.attach}
        onChange={({ currentTarget }) => {
          uploads.add([...(currentTarget.files ?? [])]);
          // The same file can be chosen again.
          currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class="emoji attach"
        aria-label={t.attach}
        title={t.attach}
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" path={clip} />
      </button>
    </>
  );
}

/** A file that is being uploaded, or is ready to be sent. */
function Waiting({ file, uploads, api }: { file: Attached; uploads: Uploads; api: string }) {
  const t = peopleWords.value;
  const picture =
    file.url && file.contentType?.startsWith('image/') ? new URL(file.url, api || location.href).href : file.preview;
  const percent = Math.round((file.progress ?? 0) * 100);
  const state = file.failed ? t.uploadFailed : file.id ? t.uploaded : fill(t.uploading, { n: percent });
  return (
    <li class={file.failed ? 'failed' : ''}>
      {picture ? <img src={picture} alt="" referrerpolicy="no-referrer" /> : <Icon name="file" path={fileIcon} />}
      <span>
        <span class="file-name by-panel" dir="auto">
          <bdi translate={false}>{file.name}</bdi>
        </span>
        <span class={`note ${file.failed ? 'error' : ''}`} role={file.failed ? 'alert' : undefined}>
          {state} · {fileSize(file.bytes ?? 0)}
        </span>
        {!file.id && !file.failed && <progress value={percent} max={100} aria-label={file.name} />}
      </span>
      {file.failed && (
        <button
          type="button"
          class="small-tool"
          aria-label={fill(t.tryAgain, { file: file.name })}
          title={fill(t.tryAgain, { file: file.name })}
          onClick={() => uploads.retry(file.key)}
        >
          <Icon name="retry" path={retry} />
        </button>
      )}
      <button
        type="button"
        class="small-tool"
        aria-label={fill(t.remove, { file: file.name })}
        title={fill(t.remove, { file: file.name })}
        onClick={({ currentTarget }) => {
          const field = currentTarget.closest('.field')?.querySelector('textarea');
          uploads.remove(file.key);
          field?.focus();
        }}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}

/** Takes files that are pasted into the panel or dropped on it. Returns whether files are being dragged over it. */
function useDrops(inside: { current: HTMLElement | null }, uploads: Uploads): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const panel = inside.current?.closest<HTMLElement>('.panel');
    if (!panel) return undefined;
    const paste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])];
      // Office programs put a picture beside copied text; then the text is meant.
      if (files.length === 0 || event.clipboardData?.types.includes('text/plain')) return;
      event.preventDefault();
      uploads.add(files);
    };
    const over = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setDragging(true);
    };
    const leave = ({ relatedTarget }: DragEvent): void => {
      if (!panel.contains(relatedTarget as Node | null)) setDragging(false);
    };
    const drop = (event: DragEvent): void => {
      setDragging(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      uploads.add(files);
    };
    panel.addEventListener('paste', paste);
    panel.addEventListener('dragover', over);
    panel.addEventListener('dragleave', leave);
    panel.addEventListener('drop', drop);
    return () => {
      panel.removeEventListener('paste', paste);
      panel.removeEventListener('dragover', over);
      panel.removeEventListener('dragleave', leave);
      panel.removeEventListener('drop', drop);
    };
  }, [uploads]);
  return dragging;
}
