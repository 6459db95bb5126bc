import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { chromiumPath } from './browser';
import { DashboardSession } from './dashboard-session';
import { testAccessibility } from './views/accessibility';
import { testAddresses } from './views/addresses';
import { testAlerts } from './views/alerts';
import { testCampaigns } from './views/campaigns';
import { testDestinations } from './views/destinations';
import { testDocumentation } from './views/documentation';
import { testEvents } from './views/events';
import { testHostileData } from './views/hostile-data';
import { testKey } from './views/key';
import { testKeyboard } from './views/keyboard';
import { testLinks } from './views/links';
import { testMessages } from './views/messages';
import { testOverview } from './views/overview';
import { testProblems } from './views/problems';
import { testSuppressions } from './views/suppressions';
import { testTheme } from './views/theme';
import { testTrouble } from './views/trouble';

it('the dashboard is tried where there is a browser', ({ skip }) => {
  if (chromiumPath === undefined) skip('there is no browser: install chromium-headless-shell');
});

// One space and one browser for all of them: both take longer to start than most of the tests take.
describe.skipIf(chromiumPath === undefined)('the dashboard', () => {
  let session: DashboardSession;
  const getStage = () => session;

  beforeAll(async () => {
    session = await DashboardSession.build();
  });
  afterEach(() => session.endVisits());
  afterAll(() => session?.close());

  testKey(getStage);
  testOverview(getStage);
  testCampaigns(getStage);
  testAddresses(getStage);
  testEvents(getStage);
  testMessages(getStage);
  testTrouble(getStage);
  testDestinations(getStage);
  testAlerts(getStage);
  testProblems(getStage);
  testLinks(getStage);
  testTheme(getStage);
  testKeyboard(getStage);
  testAccessibility(getStage);
  testDocumentation(getStage);
  testSuppressions(getStage);
  // What it leaves in the space would show in the others.
  testHostileData(getStage);
});
