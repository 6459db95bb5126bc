const paths = {
  overview: 'M2 13.5h12M4 11V7.5M8 11V3M12 11V5.5',
  campaigns: 'M2.5 6.5v3l8 3.5V3l-8 3.5ZM5 10.5V13h2M13 6.5v3',
  addresses:
    'M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8ZM2.75 13.5c.5-2.3 2.6-3.5 5.25-3.5s4.75 1.2 5.25 3.5',
  suppressions: 'M8 2.25a5.75 5.75 0 1 0 0 11.5 5.75 5.75 0 0 0 0-11.5ZM4 4l8 8',
  events: 'M1.5 8h3l2-5 3 10 2-5h3',
  messages: 'M2 3.75h12v8.5H2zM2.5 4.5 8 8.75l5.5-4.25',
  alerts: 'M4.25 11.25V7a3.75 3.75 0 0 1 7.5 0v4.25M2.75 11.25h10.5M6.75 13.5h2.5',
  trouble: 'M8 2 1.75 13.25h12.5L8 2ZM8 6.25v3.5M8 11.4v.1',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.5 10.5l3 3',
  download: 'M8 2v8M4.75 7 8 10.25 11.25 7M2.5 13.5h11',
  theme: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 2.5v11M8 5h3.9M8 8h5.4M8 11h3.9',
  key: 'M5.25 13a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5ZM7.2 8.3 13 2.5M10.5 5l2 2',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.3 6.4c.1-1 .8-1.6 1.7-1.6 1 0 1.7.6 1.7 1.5 0 1.2-1.7 1.3-1.7 2.6M8 11.1v.1',
  back: 'M9.5 3.5 5 8l4.5 4.5',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.25v9.5L12.5 8 5 3.25Z',
} as const;

export type IconName = keyof typeof paths;

/** A drawing beside a word, so it says nothing itself. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
