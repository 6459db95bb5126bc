import type { Level } from '../api/alert-answers';

const signs = { warn: '!', critical: '!!' } as const;
const tones = { warn: 'tone-warn', critical: 'tone-bad' } as const;
const words = { warn: 'warning', critical: 'critical' } as const;

/** How bad something is, by colour, by sign and in words for who sees neither. */
export function LevelMark({ level }: { level: Level }) {
  return (
    <strong class={`level-mark ${tones[level]}`} title={words[level]}>
      <span aria-hidden="true">{signs[level]}</span>
      <span class="hidden">{words[level]} </span>
    </strong>
  );
}

/** The same with its word beside it. */
export function LevelBadge({ level }: { level: Level }) {
  return (
    <span class={`badge ${tones[level]}`}>
      <span aria-hidden="true">{signs[level]} </span>
      {words[level]}
    </span>
  );
}
