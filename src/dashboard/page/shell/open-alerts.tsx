import { alerts } from '../api/alert-answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { linkTo, useLocation } from '../browser/location';
import { counted } from '../format/numbers';
import { LevelMark } from '../parts/level-mark';

const everySeconds = 30;
/** Alerts that the line names; of all others it says how many there are. */
const maxNamed = 3;

/** The open alerts in one line, above every view but their list; nothing while there are none. */
export function OpenAlerts() {
  const client = useClient();
  const { path } = useLocation();
  const isElsewhere = path.join('/') !== 'alerts';
  const { data } = useAnswer(
    isElsewhere ? 'open' : null,
    (signal) => client.ask(alerts, ['alerts'], { query: { limit: '100' }, signal }),
    { everySeconds },
  );
  const open = data?.items ?? [];
  if (!isElsewhere || open.length === 0) return null;
  const worstFirst = [...open].sort(
    (a, b) => Number(b.level === 'critical') - Number(a.level === 'critical'),
  );
  const rest = open.length - maxNamed;
  return (
    <aside class="open-alerts" aria-label="Open alerts">
      <a href={linkTo(['alerts'])}>
        <strong>{counted(open.length, 'open alert')}:</strong>{' '}
        {worstFirst.slice(0, maxNamed).map(({ id, level, title, about }, index) => (
          <span key={id}>
            {index > 0 && '; '}
            <LevelMark level={level} />
            {title}, <bdi>{about}</bdi>
          </span>
        ))}
        {rest > 0 && `; ${rest} more`}
      </a>
    </aside>
  );
}
