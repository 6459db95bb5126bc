import * as v from 'valibot';
import { counters } from '../statistics/counter-table';
import { withZeros } from '../statistics/counters';
import { allMail, dimensionOf } from '../statistics/dimension';
import {
  campaigns as campaignStatistics,
  type DimensionStatistics,
  findStatistics,
} from '../statistics/dimension-statistics';
import { presentDays } from '../statistics/numbers';
import { rateNames, ratesOf } from '../statistics/rates';
import { listRoutes } from './list';
import { ApiError, pathParameter, route } from './route';

/** What a list can be sorted by: the field of the document, and what is below every value of it. */
const sortFields = {
  lastEventAt: ['lastEventAt', ''],
  firstEventAt: ['firstEventAt', ''],
  tag: ['name', ''],
  accepted: ['accepted', -1],
  delivered: ['delivered', -1],
  uniqueOpens: ['uniqueOpens', -1],
  uniqueClicks: ['uniqueClicks', -1],
  permanentFailures: ['permanentFailures', -1],
  complaints: ['complaints', -1],
  unsubscribes: ['unsubscribes', -1],
  delivery: ['order.delivery', -1],
  bounce: ['order.bounce', -1],
  open: ['order.open', -1],
  click: ['order.click', -1],
  uniqueOpen: ['order.uniqueOpen', -1],
  uniqueClick: ['order.uniqueClick', -1],
} as const;

type SortName = keyof typeof sortFields;

/** What a list of campaigns can be sorted by. */
export const sortNames = Object.keys(sortFields).filter((name): name is SortName => name in sortFields);

/** A name of a field, with a `-` before it for descending. */
const sort = v.pipe(
  v.string(),
  v.transform((text) => ({ descending: text.startsWith('-'), name: text.replace(/^-/, '') })),
  v.object({
    descending: v.boolean(),
    name: v.picklist(sortNames, `it must be one of ${sortNames.join(', ')}, with a - before it or without.`),
  }),
);

function present({ _id, dirty, dirtyDays, days, dayDetails, lags, ...campaign }: DimensionStatistics) {
  return { ...campaign, ...withZeros(campaign), rates: ratesOf(campaign) };
}

/** `GET /api/campaigns?sort=&search=`: all tags, the one with the latest event first. */
export const campaigns = listRoutes({
  parameters: {
    sort: v.optional(sort, '-lastEventAt'),
    search: v.optional(v.string()),
  },
  select: ({ sort: { name, descending }, search }) => {
    const [by, floor] = sortFields[name];
    const prefix = search?.toLowerCase();
    return {
      collection: campaignStatistics,
      filter: {
        _id: { $ne: allMail },
        // Those that were never counted have no value yet.
        ...(prefix ? { name: { $gte: prefix, $lt: `${prefix}\uffff` } } : {}),
        ...(prefix && by === 'name' ? {} : { [by]: { $gt: floor } }),
      },
      by,
      descending,
      without: ['days', 'dayDetails'],
    };
  },
  present,
  columns: ['tag', ...counters, ...rateNames.map((rate) => `rates.${rate}`), 'firstEventAt', 'lastEventAt'],
});

/** `GET /api/campaigns/:tag`: one tag with its days. */
export const getCampaign = route(async (connection, request) => {
  const campaign = await findStatistics(
    connection,
    dimensionOf('tag', pathParameter(request, 'tag').toLowerCase()),
  );
  if (campaign === null) throw new ApiError(404, 'not_found', 'No event with this tag has been counted.');
  return { ...present(campaign), days: presentDays(campaign.days) };
});
