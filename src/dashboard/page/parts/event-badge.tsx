import type { MailEvent } from '../api/answers';

const tones: Readonly<Record<string, string>> = {
  delivered: 'good',
  opened: 'open',
  clicked: 'click',
  complained: 'bad',
  rejected: 'bad',
  unsubscribed: 'warn',
};

function toneOf(event: string, severity: string | null): string {
  if (event === 'failed') return severity === 'temporary' ? 'warn' : 'bad';
  return (Object.hasOwn(tones, event) && tones[event]) || 'plain';
}

/** What happened, by name and colour. */
export function EventBadge({ event, severity, bot }: Pick<MailEvent, 'event' | 'severity' | 'bot'>) {
  const name = event === 'failed' && severity === 'temporary' ? 'deferred' : event;
  return (
    <span class={`event-name tone-${toneOf(event, severity)}`}>
      <bdi class="outside">{name}</bdi>
      {bot !== null && bot !== '' && (
        <span class="tag" title="By a machine, not counted as a person">
          bot
        </span>
      )}
    </span>
  );
}
