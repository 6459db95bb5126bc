import { testPlatforms } from './test-platforms';

testPlatforms(['kindest', 'odd']);
