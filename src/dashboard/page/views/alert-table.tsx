import type { Alert } from '../api/alert-answers';
import { linkTo } from '../browser/location';
import { LevelBadge } from '../parts/level-mark';
import { Moment } from '../parts/moment';
import { Outside } from '../parts/outside';
import { AlertActions } from './alert-actions';

/** What has become of an alert, in a few words. */
function stateOf({ state, resolvedAt, acknowledgedAt, acknowledgedBy, mutedUntil }: Alert) {
  if (state === 'resolved')
    return (
      <>
        over <Moment at={resolvedAt} />
      </>
    );
  if (mutedUntil !== null && Date.parse(mutedUntil) > Date.now())
    return (
      <>
        muted, again <Moment at={mutedUntil} />
      </>
    );
  if (acknowledgedAt === null) return 'open';
  return acknowledgedBy === null ? (
    'acknowledged'
  ) : (
    <>
      acknowledged by <Outside text={acknowledgedBy} />
    </>
  );
}

interface AlertTableProps {
  alerts: readonly Alert[];
  caption: string;
  /** Called after one was acknowledged or muted; without it nothing can be done. */
  onChange?: () => void;
}

/** Alerts, one line each. */
export function AlertTable({ alerts, caption, onChange }: AlertTableProps) {
  return (
    <div class="table-frame">
      <table class="lines">
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Alert</th>
            <th scope="col">Level</th>
            <th scope="col" class="wide">
              Reads
            </th>
            <th scope="col" class="wide">
              Opened
            </th>
            <th scope="col">State</th>
            {onChange !== undefined && (
              <th scope="col">
                <span class="hidden">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {alerts.map((alert) => (
            <tr key={alert.id}>
              <th scope="row" class="tall">
                <a class="line-link" data-line href={linkTo(['alerts', alert.id])}>
                  {alert.title}
                </a>
                <small class="muted">
                  <Outside text={alert.about} />
                </small>
              </th>
              <td>
                <LevelBadge level={alert.level} />
              </td>
              <td class="wide">{alert.reads}</td>
              <td class="wide">
                <Moment at={alert.openedAt} />
              </td>
              <td>{stateOf(alert)}</td>
              {onChange !== undefined && (
                <td class="number above">
                  <AlertActions alert={alert} onChange={onChange} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
