import { testPlatforms } from './test-platforms';

testPlatforms(['usual', 'harshest', 'kindest', 'odd']);
