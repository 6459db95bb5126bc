import { useEffect, useId, useState } from 'preact/hooks';
import { useAnswer } from '../api/use-answer';
import { Icon } from './icons';

interface WholeValueFieldProps {
  label: string;
  value: string;
  onChoose: (text: string) => void;
  /** Finds values that begin like this, to choose from. */
  suggest?: (beginning: string, signal: AbortSignal) => Promise<readonly string[]>;
  /** Whether the key `/` leads here; the field is then marked as a search. */
  isMain?: boolean;
}

/**
 * A field for a value that is looked up as a whole: it is chosen from what is offered, or by Enter. Half a
 * value would find nothing.
 */
export function WholeValueField({ label, value, onChoose, suggest, isMain = false }: WholeValueFieldProps) {
  const [text, setText] = useState(value);
  const id = useId();
  const beginning = text.trim();
  const { data } = useAnswer(
    suggest !== undefined && beginning !== '' && beginning !== value ? beginning : null,
    async (signal) => (await suggest?.(beginning, signal)) ?? [],
  );
  // The place may change from outside, by a link or the browser's back button.
  useEffect(() => setText(value), [value]);

  function choose(given: string): void {
    if (given.trim() !== value) onChoose(given.trim());
  }

  return (
    <label class="field">
      <span class="hidden">{label}</span>
      {isMain && <Icon name="search" />}
      <input
        type="search"
        data-main={isMain ? '' : undefined}
        placeholder={label}
        value={text}
        list={suggest === undefined ? undefined : id}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        dir="auto"
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          if (currentTarget.value === '' || data?.includes(currentTarget.value)) choose(currentTarget.value);
        }}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      />
      {suggest !== undefined && (
        <datalist id={id}>
          {data?.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
      {isMain && (
        <span class="key" aria-hidden="true">
          /
        </span>
      )}
    </label>
  );
}
