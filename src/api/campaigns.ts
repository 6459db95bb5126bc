import * as v from 'valibot';
import { findCampaign, parseCampaign, type StoredCampaign } from '../store/campaigns';
import { collections } from '../store/connection';
import { withZeros } from '../store/tally';
import { pageParameters, readPage } from './page';
import { ratesOf } from './rates';
import { ApiError, parseInput, pathParameter, route } from './route';

/** The numbers of a campaign, or of all mail, as the API gives them. */
export function totalsOf(campaign: StoredCampaign | null) {
  const { _id, tag, days, dayDetails, dirty, dirtyDays, firstEventAt, lastEventAt, ...counts } =
    campaign ?? empty;
  return {
    totals: withZeros(counts),
    rates: ratesOf(counts),
    firstEventAt: firstEventAt ?? null,
    lastEventAt: lastEventAt ?? null,
  };
}

const empty = parseCampaign({ _id: '' });

function present(campaign: StoredCampaign) {
  const { totals, ...rest } = totalsOf(campaign);
  return { tag: campaign.tag, ...totals, ...rest };
}

/** `GET /api/campaigns`: all tags, the one with the latest event first. */
export const listCampaigns = route(async (connection, request) => {
  const { limit, cursor } = parseInput(v.strictObject(pageParameters), request.query);
  const { documents, next } = await readPage(connection, {
    collection: collections.campaigns,
    filter: { tag: { $gt: '' } },
    newestBy: 'lastEventAt',
    limit,
    cursor,
    without: ['days', 'dayDetails'],
  });
  return { items: documents.map((document) => present(parseCampaign(document))), next };
});

/** `GET /api/campaigns/:tag`: one tag with its days. */
export const getCampaign = route(async (connection, request) => {
  const campaign = await findCampaign(connection, pathParameter(request, 'tag'));
  if (campaign === null) throw new ApiError(404, 'not_found', 'No event with this tag has been counted.');
  return { ...present(campaign), days: campaign.days };
});
