import { helpOf } from '../../../statistics/counter-table';
import { Dialog } from '../parts/dialog';
import { interests } from '../views/numbers-of-interest';
import { shortcuts } from './keyboard';

export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard and numbers" onClose={onClose}>
      <dl class="shortcuts">
        {shortcuts.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((each) => (
                <kbd key={each}>{each}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <dl class="meanings">
        {interests.map(({ name, counter, rate }) => (
          <div key={counter}>
            <dt>{name}</dt>
            <dd class="muted">
              {helpOf(counter)} {rate !== null && `In percent: ${helpOf(rate.name)}`}
            </dd>
          </div>
        ))}
      </dl>
      <p class="muted">Days are UTC days. docs/definitions.md defines every number.</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
