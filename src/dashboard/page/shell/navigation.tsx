import { summary } from '../api/answers';
import { base } from '../api/base';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { linkTo, useLocation } from '../browser/location';
import { compact } from '../format/numbers';
import { dayOf } from '../format/times';
import { Icon, type IconName } from '../parts/icons';
import { chooseTheme, themes, useTheme } from './theme';

const views: readonly (readonly [path: string, name: string, icon: IconName])[] = [
  ['', 'Overview', 'overview'],
  ['campaigns', 'Campaigns', 'campaigns'],
  ['addresses', 'Addresses', 'addresses'],
  ['suppressions', 'Suppressions', 'suppressions'],
  ['events', 'Events', 'events'],
  ['messages', 'Messages', 'messages'],
  ['alerts', 'Alerts', 'alerts'],
  ['trouble', 'Trouble', 'trouble'],
];

const healthSeconds = 30;

/** How many things wait for somebody: dead letters, or processing that is stuck. */
function useTrouble(): { text: string; meaning: string } | null {
  const client = useClient();
  const today = dayOf(Date.now());
  const { data } = useAnswer(
    today,
    (signal) => client.ask(summary, ['summary'], { query: { from: today, to: today }, signal }),
    { everySeconds: healthSeconds },
  );
  if (data === null) return null;
  const { status, dead } = data.health;
  if (status !== 'ok') return { text: '!', meaning: 'processing is stuck or not set up' };
  return dead > 0 ? { text: compact(dead), meaning: 'dead letters' } : null;
}

export function Navigation({ onHelp, onLeave }: { onHelp: () => void; onLeave: () => void }) {
  const { path } = useLocation();
  const { theme } = useTheme();
  const trouble = useTrouble();
  const present = path[0] ?? '';
  const nextTheme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
  return (
    <header class="side">
      <a class="brand" href={linkTo([])}>
        <span class="mark">
          <Icon name="events" />
        </span>
        <span>
          Mail events
          {base !== '' && <small>{base.replace(/^.*\//, '')}</small>}
        </span>
      </a>
      <nav aria-label="Views">
        {views.map(([view, name, icon]) => (
          <a
            key={view}
            href={linkTo(view === '' ? [] : [view])}
            aria-current={view === present ? 'page' : undefined}
          >
            <Icon name={icon} />
            <span>{name}</span>
            {view === 'trouble' && trouble !== null && (
              <span class="count" title={trouble.meaning}>
                {trouble.text}
                <span class="hidden"> {trouble.meaning}</span>
              </span>
            )}
          </a>
        ))}
      </nav>
      <div class="side-foot">
        <button
          type="button"
          class="quiet"
          onClick={() => chooseTheme(nextTheme)}
          title={`Change to ${nextTheme}`}
        >
          <Icon name="theme" />
          <span>
            Theme: <span class="tabular">{theme}</span>
          </span>
        </button>
        <button type="button" class="quiet" onClick={onHelp}>
          <Icon name="help" />
          <span>Keyboard</span>
        </button>
        <button type="button" class="quiet" onClick={onLeave}>
          <Icon name="key" />
          <span>Forget the key</span>
        </button>
      </div>
    </header>
  );
}
