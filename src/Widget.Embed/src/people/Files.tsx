import { Icon } from '../app/components/Icon';
import type { Attachment } from '../app/events';
import { fill, locale } from '../app/i18n';
import type { FilesProps } from '../app/moduleHost';
import { file as fileIcon } from './icons';
import { addStyles } from './style';
import { peopleWords } from './words';

/** The files of a message: pictures, and cards for other files. */
export function Files({ panel, files }: FilesProps) {
  addStyles(panel.host.shadow);
  return (
    <ul class="files">
      {files.map((file) => (
        <li key={file.id}>
          <File file={file} href={new URL(file.url, panel.host.api || location.href).href} />
        </li>
      ))}
    </ul>
  );
}

function File({ file, href }: { file: Attachment; href: string }) {
  const t = peopleWords.value;
  const label = fill(t.opensFile, { file: file.name });
  if (file.contentType.startsWith('image/'))
    return (
      <a class="picture" href={href} target="_blank" rel="noopener noreferrer" title={label}>
        <img
          src={href}
          alt={fill(t.picture, { file: file.name })}
          loading="lazy"
          decoding="async"
          referrerpolicy="no-referrer"
        />
      </a>
    );
  return (
    <a class="file-card" href={href} target="_blank" rel="noopener noreferrer" title={label}>
      <Icon name="file" path={fileIcon} />
      <span>
        <span class="file-name by-panel" dir="auto">
          <bdi translate={false}>{file.name}</bdi>
        </span>
        <span class="note">{fileSize(file.bytes)}</span>
      </span>
    </a>
  );
}

/** 840 kB */
export function fileSize(bytes: number): string {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
  const maximumFractionDigits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale.value, { style: 'unit', unit, maximumFractionDigits }).format(value);
}
