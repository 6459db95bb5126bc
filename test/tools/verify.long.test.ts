import { testPlatforms } from './test-platforms';

testPlatforms(['usual', 'kindest', 'odd']);
