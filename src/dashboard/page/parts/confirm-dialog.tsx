import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { type ApiProblem, asProblem } from '../api/api-problem';
import { Dialog } from './dialog';
import { ProblemNote } from './problem-note';

interface ConfirmDialogProps {
  title: string;
  /** What the button does, as its label. */
  action: string;
  isDangerous?: boolean;
  /** Text that has to be typed first, for what cannot be undone. */
  typed?: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
  children: ComponentChildren;
}

/** Asks before something is changed, and says what keeps it from being done. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, action, isDangerous = false, typed, onConfirm, onClose, children } = props;
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);

  async function confirm(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      {typed !== undefined && (
        <label class="stacked">
          <span>
            Type <bdi class="outside-full strong">{typed}</bdi> to go on
          </span>
          <input
            type="text"
            value={text}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
      )}
      <ProblemNote problem={problem} />
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          class={isDangerous ? 'button danger' : 'button primary'}
          disabled={isBusy || (typed !== undefined && text.trim() !== typed)}
          onClick={confirm}
        >
          {isBusy ? 'Working …' : action}
        </button>
      </div>
    </Dialog>
  );
}
