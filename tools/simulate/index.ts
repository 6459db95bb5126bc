/** The simulator for tests and benches: plan a campaign, send it, compare what was made of it. */

export { type CampaignSettings, type Plan, planCampaign } from './campaign/plan-campaign';
export {
  type CompareSettings,
  type Comparison,
  compareWithSpace,
  readSnapshot,
  wasPlayedBefore,
} from './compare/compare-with-space';
export type { Row, Section, Snapshot } from './compare/differences';
export type { SpaceAccess } from './compare/read-back';
export { type EncodedBody, encodeDelivery } from './encode/encode-delivery';
export { CannotSimulate } from './errors/cannot-simulate';
export type { Delivery } from './plan/delivery';
export type { SimulatedEvent } from './plan/event';
export { type Expected, expectedOf, type Statistics, type Status } from './plan/model';
export { type SendSettings, type SendSummary, sendDeliveries } from './send/send-deliveries';
