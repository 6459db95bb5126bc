import { linkTo, useLocation } from '../browser/location';
import { Empty } from '../parts/empty';
import { PageHead } from '../parts/page-head';
import { AddressView } from '../views/address';
import { AddressesView } from '../views/addresses';
import { AlertView } from '../views/alert';
import { AlertsView } from '../views/alerts';
import { CampaignView } from '../views/campaign';
import { CampaignsView } from '../views/campaigns';
import { DestinationsView } from '../views/destinations';
import { EventView } from '../views/event';
import { EventsView } from '../views/events';
import { MessageView } from '../views/message';
import { MessagesView } from '../views/messages';
import { OverviewView } from '../views/overview';
import { SuppressionsView } from '../views/suppressions';
import { TroubleView } from '../views/trouble';

/** The view that the address names. One with another subject begins anew, by its key. */
export function View() {
  const { path, query } = useLocation();
  const [view = '', subject] = path;
  if (path.length > 2) return <NoSuchView />;
  switch (view) {
    case '':
      return <OverviewView query={query} />;
    case 'campaigns':
      return subject === undefined ? (
        <CampaignsView query={query} />
      ) : (
        <CampaignView key={subject} tag={subject} query={query} />
      );
    case 'addresses':
      return subject === undefined ? (
        <AddressesView query={query} />
      ) : (
        <AddressView key={subject} email={subject} />
      );
    case 'suppressions':
      return subject === undefined ? <SuppressionsView /> : <NoSuchView />;
    case 'events':
      return subject === undefined ? (
        <EventsView query={query} />
      ) : (
        <EventView key={subject} eventKey={subject} />
      );
    case 'messages':
      return subject === undefined ? <MessagesView /> : <MessageView key={subject} messageId={subject} />;
    case 'destinations':
      return subject === undefined ? <DestinationsView /> : <NoSuchView />;
    case 'alerts':
      return subject === undefined ? <AlertsView /> : <AlertView key={subject} id={subject} />;
    case 'trouble':
      return <TroubleView />;
    default:
      return <NoSuchView />;
  }
}

function NoSuchView() {
  return (
    <>
      <PageHead title="Not here" />
      <Empty title="This page has no such view.">
        The link may have been cut off. <a href={linkTo([])}>Go to the overview</a>.
      </Empty>
    </>
  );
}
