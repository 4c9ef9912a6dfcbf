import { useId } from 'preact/hooks';
import type { Option } from './questions';

interface Props {
  label: string;
  options: readonly Option[];
  value: string;
  error?: string | undefined;
  onChoose: (value: string) => void;
}

/** Answers to choose from. */
export function Choices({ label, options, value, error, onChoose }: Props) {
  const id = useId();
  return (
    <fieldset aria-describedby={error && `${id}-error`}>
      <legend dir="auto">{label}</legend>
      <div class="chips">
        {options.map((option) => (
          <label key={option.value} class="chip" dir="auto">
            <input
              type="radio"
              name={id}
              checked={value === option.value}
              aria-invalid={error !== undefined}
              onChange={() => onChoose(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
      {error && (
        <p class="note error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
