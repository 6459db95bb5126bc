import type { DashboardSession } from './dashboard-session';
import { known, tags } from './dashboard-session';

/** A view with its address and something that only its data can show. */
export interface ViewWithData {
  name: string;
  view: string;
  data: string | RegExp;
}

/** All views, with data. */
export async function everyView({ app }: DashboardSession): Promise<ViewWithData[]> {
  const { body } = await app.get('/api/events?event=clicked&limit=1&tag=known');
  const [clicked] = Array.isArray(body.items) ? body.items : [];
  return [
    { name: 'Overview', view: '/', data: 'Other' },
    { name: 'Campaigns', view: '/campaigns', data: tags[0] },
    { name: 'campaign', view: `/campaigns/${known.tag}`, data: /100.*of sent/ },
    { name: 'Addresses', view: '/addresses', data: /=simulated@gmail\.com/ },
    { name: 'address', view: `/addresses/${known.bob}`, data: 'Do not write to it' },
    { name: 'Suppressions', view: '/suppressions', data: '5.7.606' },
    { name: 'Events', view: '/events', data: /=simulated@outlook\.com/ },
    { name: 'event', view: `/events/${encodeURIComponent(clicked.key)}`, data: '"event": "clicked"' },
    { name: 'Messages', view: '/messages', data: 'Known from the start' },
    { name: 'message', view: `/messages/${encodeURIComponent(known.id)}`, data: known.bob },
    { name: 'Destinations', view: '/destinations', data: 'From the start' },
    { name: 'Alerts', view: '/alerts', data: /would have fired/ },
    { name: 'Trouble', view: '/trouble', data: 'invalid_signature' },
  ];
}
