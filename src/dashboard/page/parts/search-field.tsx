import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons';

interface SearchFieldProps {
  label: string;
  value: string;
  /** Called a moment after the last key. */
  onSearch: (text: string) => void;
}

const pauseMs = 180;

/** A field that searches while somebody types; the key `/` leads here. */
export function SearchField({ label, value, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const timer = useRef(0);
  const sent = useRef(value);
  // The place may change from outside, by a link or the browser's back button.
  useEffect(() => {
    if (value !== sent.current) setText(value);
    sent.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  function send(now: string): void {
    clearTimeout(timer.current);
    sent.current = now.trim();
    if (sent.current !== value) onSearch(sent.current);
  }

  return (
    <label class="field">
      <span class="hidden">{label}</span>
      <Icon name="search" />
      <input
        type="search"
        data-main
        placeholder={label}
        value={text}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        dir="auto"
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => send(currentTarget.value), pauseMs);
        }}
        onKeyDown={(event) => event.key === 'Enter' && send(event.currentTarget.value)}
      />
      <span class="key" aria-hidden="true">
        /
      </span>
    </label>
  );
}
