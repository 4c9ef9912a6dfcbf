import type { TargetedEvent } from 'preact';
import { useId } from 'preact/hooks';
import { isWritingOutside } from '../app/focus';
import { words } from '../app/i18n';

interface Props {
  label: string;
  value: string;
  type?: 'text' | 'email' | 'tel';
  /** Lines of text; without it the field has one. */
  lines?: number | undefined;
  required?: boolean;
  maxLength: number;
  /** The on-screen keyboard. */
  inputMode?: 'decimal' | undefined;
  autocomplete?: 'name' | 'email' | 'tel' | 'off';
  error?: string | undefined;
  onInput: (value: string) => void;
}

/** A field of a form, with its label and what is wrong with its content. */
export function Field({ label, value, type = 'text', lines, error, onInput, ...more }: Props) {
  const id = useId();
  const shared = {
    id,
    value,
    // Phone numbers are written from left to right in every language.
    dir: (value === '' ? words.value.dir : type === 'tel' ? 'ltr' : 'auto') as 'ltr',
    'aria-invalid': error !== undefined,
    ...(error && { 'aria-describedby': `${id}-error` }),
    onInput: ({ currentTarget }: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) => onInput(currentTarget.value),
    ...more,
  };
  return (
    <div class="form-field">
      <label for={id}>{label}</label>
      {lines ? (
        <textarea rows={lines} {...shared} />
      ) : type === 'email' ? (
        <input type="email" {...shared} />
      ) : type === 'tel' ? (
        <input type="tel" {...shared} />
      ) : (
        <input type="text" {...shared} />
      )}
      {error && (
        <p class="note error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

/** What the server accepts as an e-mail address, roughly. The server decides. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
}

/** Focuses the first field that has an error, unless the visitor writes elsewhere by now. */
export function focusError(form: HTMLFormElement | null): void {
  queueMicrotask(() =>
    requestAnimationFrame(() => {
      if (form && !isWritingOutside(form, form.getRootNode() as ShadowRoot))
        form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
    }),
  );
}
