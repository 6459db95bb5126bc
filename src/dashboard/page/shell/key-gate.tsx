import { useState } from 'preact/hooks';
import { base } from '../api/base';
import { Icon } from '../parts/icons';

interface KeyGateProps {
  /** Why the last key did not do, in a sentence. */
  refusal: string | null;
  onKey: (key: string) => void;
}

/** Asks for the API key. It stays in this tab and travels in a header only. */
export function KeyGate({ refusal, onKey }: KeyGateProps) {
  const [text, setText] = useState('');
  const space = base.replace(/^\//, '');
  return (
    <main class="gate">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') onKey(text.trim());
        }}
      >
        <span class="mark">
          <Icon name="events" />
        </span>
        <h1>Mail events</h1>
        <p class="muted">
          Enter an API key of {space === '' ? 'this space' : <>the space “{space}”</>}. It is kept in this tab
          only and forgotten with it.
        </p>
        <label class="stacked">
          <span>API key</span>
          <input
            type="password"
            value={text}
            autocomplete="off"
            aria-describedby={refusal === null ? undefined : 'refusal'}
            aria-invalid={refusal !== null}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        {refusal !== null && (
          <p id="refusal" class="note tone-bad" role="alert">
            {refusal}
          </p>
        )}
        <button type="submit" class="button primary">
          Open the dashboard
        </button>
        <p class="muted small-text">
          <code>npm start</code> prints the key of a local space; on Codehooks <code>npx coho add-token</code>{' '}
          makes one.
        </p>
      </form>
    </main>
  );
}
